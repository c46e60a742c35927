"""The list of columns is complete and says of each what it is."""

from web.columns import case_columns, crash_columns, place_columns


def test_every_column_says_what_it_means() -> None:
    for listed in (place_columns(str), case_columns(str), crash_columns(str)):
        names = [column.name for column in listed]
        assert len(set(names)) == len(names)
        for column in listed:
            assert len(column.description) > 5, column.name
            assert column.type != "number" or column.unit, column.name


def test_every_interval_stands_beside_its_figure() -> None:
    names = [column.name for column in place_columns(str)]

    for name in (one.removesuffix("_low") for one in names if one.endswith("_low")):
        at = names.index(name)
        assert names[at : at + 3] == [name, f"{name}_low", f"{name}_high"]
