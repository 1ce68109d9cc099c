"""The words of the list that a patient is handed out, in both languages."""

from typing import Final, Literal

Language = Literal["en", "fr"]

HEADS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("When", "Who", "Role", "What", "Examination", "Remark"),
    "fr": ("Quand", "Qui", "Rôle", "Quoi", "Examen", "Remarque"),
}

WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "Who had access to my data",
        "made": "Made on",
        "meant": "Each line is one use of the data of this patient, the newest first.",
        "failed": "failed",
        "instances-accessed": "Images or reports were looked at",
        "instances-transferred": "Images were sent or received",
        "transfer-begun": "A transfer of images began",
        "study-changed": "The examination was changed",
        "study-deleted": "The examination was deleted",
        "exported": "Data were exported",
        "imported": "Data were imported",
        "order-record": "An order was used",
        "patient-record": "The patient's record was used",
        "procedure-record": "A procedure was recorded",
        "emergency-access": "Emergency access",
        "emergency-ended": "Emergency access ended",
        "object-protected": "Who may see the data was changed",
        "access-refused": "Access was refused",
    },
    "fr": {
        "title": "Qui a accédé à mes données",
        "made": "Établi le",
        "meant": "Chaque ligne est une utilisation des données de ce patient, la plus récente "
        "en premier.",
        "failed": "échec",
        "instances-accessed": "Images ou comptes rendus consultés",
        "instances-transferred": "Images envoyées ou reçues",
        "transfer-begun": "Début d'un transfert d'images",
        "study-changed": "Examen modifié",
        "study-deleted": "Examen supprimé",
        "exported": "Données exportées",
        "imported": "Données importées",
        "order-record": "Demande d'examen utilisée",
        "patient-record": "Dossier du patient utilisé",
        "procedure-record": "Acte enregistré",
        "emergency-access": "Accès d'urgence",
        "emergency-ended": "Fin de l'accès d'urgence",
        "object-protected": "Droits d'accès aux données modifiés",
        "access-refused": "Accès refusé",
    },
}
