"""What people choose for passwords before they think, and machines guess first.

A list of our own making: words, and patterns of the keyboard, in English and French. The
rule: capital letters, digits and signs around such a word, and digits in the place of its
letters, make no other word of it.
"""

import re
from itertools import pairwise
from typing import Final

_WORDS: Final = frozenset(
    """
    abc abcd access account adm admin adminadmin administrateur administrator amour andrea
    angel anthony aout arsenal asdf ashley august automne autumn azerty azertyuiop bailey
    banana baseball basketball batman bienvenue biology bonjour bordeaux boston buster
    butterfly cardio cardiologie cardiology changeit changeme charlie cheese chelsea chocolat
    chocolate clinic clinique computer cookie coucou dallas daniel december decembre default
    defaut demo department dicom dicomserver digital docteur doctor dolphin dragon eagle
    easter enter ete eternity facebook family february fevrier flower football france freedom
    friday friends george ginger google guest harley hello hiver hockey hopital hospital
    hunter ibm iloveyou infirmier infirmiere internet invite january janvier jasmine jennifer
    jessica jesus jetaime jordan joshua juillet juin july june killer lakers letmein linux
    liverpool login london loulou love lovely lundi maggie mai maintenance manager march mars
    marseille master matrix matthew may medecin medical medicine mercedes mercredi michael
    mickey microsoft monday monkey motdepass motdepasse mustang naruto nicolas ninja november
    novembre nurse october octobre oracle orange orthanc osirix pacs pacsadmin paris parola
    pass passe passphrase passwd password passwort patient pepper philips pokemon police
    porsche postgres princess princesse printemps private qazwsx qsdfghjkl qwerty qwertyuiop
    qwertz rachel radio radiologie radiologist radiologue radiology rainbow ranger root
    samantha samedi samsung secret secretaire secretary security september septembre server
    service shadow siemens soccer soleil spring starwars steckel summer sunday sunshine super
    superman support sysadmin system systeme taylor teacher temp temporary test tester testing
    thomas thursday tigger toor toulouse truelove trustno tuesday ubuntu unknown user
    utilisateur vendredi viewer wednesday welcome whatever william windows winter workstation
    world wxcvbn xray yankees zaq zaqxsw zxcvbn zxcvbnm
    """.split()
)
_ROWS: Final = (
    *("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm"),
    *("azertyuiopqsdfghjklmwxcvbn", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"),
)
_LETTERS: Final = str.maketrans("013457@$!|éèêàçô", "oieastasiieeeaco")
_REPEATED: Final = re.compile(r"(.{1,4}?)\1+")
_AROUND: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def is_common(password: str) -> bool:
    """Whether a password is one that is guessed first."""
    lower = password.lower()
    if _REPEATED.fullmatch(lower) or _follows_keys(lower):
        return True
    bare = _AROUND.sub("", lower)
    spelled = {lower, bare, lower.translate(_LETTERS), bare.translate(_LETTERS)}
    spelled |= {_AROUND.sub("", each) for each in tuple(spelled)}
    return not bare or any(_is_made_of_words(re.sub(r"[\W_]", "", each)) for each in spelled)


def _is_made_of_words(text: str) -> bool:
    """Whether it is a word of the list, or one twice."""
    half = len(text) // 2
    return text in _WORDS or (text[:half] == text[half:] and text[:half] in _WORDS)


def _follows_keys(text: str) -> bool:
    """Whether it runs along the alphabet or a keyboard, in either direction."""
    return any(
        all(first in row and row.find(first) + step == row.find(second) for first, second in pairs)
        for row in _ROWS
        for step in (1, -1)
        if (pairs := list(pairwise(text)))
    )
