"""Characters as numbers: what a model of words reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nanograd.engine import ArgumentError, NanogradError


class UnknownCharacterError(NanogradError, LookupError):
    """A word has a character, or a list a number, that the vocabulary does not know."""


UnknownCharacterError.__module__ = "nanograd.nn.data"  # where a reader can import it from


class CharacterVocabulary:
    """The characters of some words and their numbers, with one more that stands before and after each word.

    >>> vocabulary = CharacterVocabulary(["anna", "nan"])
    >>> len(vocabulary), vocabulary.characters
    (3, '.an')
    >>> vocabulary.encode("anna")
    [0, 1, 2, 2, 1, 0]
    >>> vocabulary.decode([0, 1, 2, 2, 1, 0])
    'anna'

    Args:
        words: the words whose characters are numbered, in alphabetical order from 1 on.
        boundary: the character with the number 0, which no word has.

    Attributes:
        characters: all characters; each stands at its number.

    Raises:
        ArgumentError: if there are no characters, or the boundary is among them or is not a single one.
    """

    def __init__(self, words: Iterable[str], boundary: str = ".") -> None:
        found = sorted({character for word in words for character in word})
        if not found:
            raise ArgumentError("CharacterVocabulary(words) needs at least one character, and there is none")
        if len(boundary) != 1 or boundary in found:
            raise ArgumentError(
                f"boundary takes a single character that is in no word and got {boundary!r}; "
                f"the words are made of {''.join(found)!r}"
            )
        self.characters = boundary + "".join(found)
        self._numbers = {character: number for number, character in enumerate(self.characters)}

    @property
    def boundary(self) -> str:
        """The character that stands before and after each word."""
        return self.characters[0]

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, word: str) -> list[int]:
        """Return the numbers of the characters of a word, between two boundaries.

        Args:
            word: characters that the vocabulary knows.

        Raises:
            UnknownCharacterError: if it does not know one.
        """
        try:
            return [0, *(self._numbers[character] for character in word), 0]
        except KeyError as error:
            raise UnknownCharacterError(
                f"{error.args[0]!r} of {word!r} is not in the vocabulary: {self.characters!r}. "
                "Make the vocabulary of all words that it is to encode."
            ) from None

    def decode(self, numbers: Sequence[int]) -> str:
        """Return the word that numbers stand for: up to the first boundary, one at the beginning left out.

        Args:
            numbers: ints from 0 to the length - 1.

        Raises:
            UnknownCharacterError: if one of them is no such int.
        """
        for number in numbers:
            if not 0 <= number < len(self):
                raise UnknownCharacterError(f"{number} is not in the vocabulary of 0 to {len(self) - 1}")
        characters = "".join(self.characters[number] for number in numbers)
        return characters.removeprefix(self.boundary).partition(self.boundary)[0]

    def __repr__(self) -> str:
        return f"CharacterVocabulary({len(self)} characters: {self.characters!r})"
