"""Secrets and how they are recognised: tokens, class codes, delete phrases, passwords."""

import hashlib
import hmac
import secrets
import unicodedata

from pwdlib import PasswordHash

# 31 letters and digits without look-alikes (no 0 O, 1 I L): 8 of them are 39.6 bits.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
CONSONANTS = "bdfgklmnprstvz"
VOWELS = "aeiou"
PHRASE_WORDS = 6

passwords = PasswordHash.recommended()


def new_token() -> str:
    """Return an opaque session token of 256 bits."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Return a password that is read out on the phone without mistakes, of about 79 bits."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(2 * CODE_LENGTH)).lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def digest(secret: str) -> str:
    """Return what is stored of a token or phrase."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_code() -> str:
    """Return a join code, without the dash that people see."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def code_of(key: bytes, subject: str) -> str:
    """Return the join code that follows from a key; the same for the same subject."""
    number = int.from_bytes(hmac.digest(key, subject.encode(), "sha256"))
    letters = []
    for _ in range(CODE_LENGTH):
        number, choice = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[choice])
    return "".join(letters)


def show_code(code: str) -> str:
    """Return the code as it is printed: XXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"


def read_code(text: str) -> str:
    """Return the code somebody typed, without spaces, dashes and case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def phrase_of(key: bytes, participant_id: str) -> str:
    """Return a participant's delete phrase: six words that no list and no language owns.

    It follows from the area's key, so that a lost answer can be given again although only the
    hash of the phrase is stored. Each word carries 16 bits, the phrase 96.
    """
    drawn = hmac.digest(key, f"phrase:{participant_id}".encode(), "sha256")
    number = int.from_bytes(drawn)
    words = []
    for _ in range(PHRASE_WORDS):
        word = ""
        for letters in (CONSONANTS, VOWELS, CONSONANTS, VOWELS, CONSONANTS):
            number, choice = divmod(number, len(letters))
            word += letters[choice]
        words.append(word)
    return " ".join(words)


def read_phrase(text: str) -> str:
    """Return the phrase somebody typed, in its stored form."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("-", " ").split())
