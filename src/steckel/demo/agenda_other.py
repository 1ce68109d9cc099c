"""The other examinations: MR, mammography, echocardiography, radiographs."""

from steckel.demo.booking import Booking
from steckel.demo.exams import reports
from steckel.demo.exams.echo import EchoExam
from steckel.demo.exams.mammography import MammographyExam
from steckel.demo.exams.mr_brain import BrainExam, Sequence, plaques
from steckel.demo.exams.radiography import ChestRadiograph, HandRadiograph
from steckel.demo.phantom.breast import Breast, Finding
from steckel.demo.phantom.contrast import Contrast
from steckel.demo.phantom.hand import Hand
from steckel.demo.phantom.torso import Torso
from steckel.demo.pixels import EXPLICIT, JPEG_LS


def bookings() -> tuple[Booking, ...]:
    """Return the studies that are not CT."""
    return (*_brain(), *_breasts(), *_chests(), *_hands(), *_hearts())


def _sagittal(number: int, contrast: Contrast, description: str, agent: str = "") -> Sequence:
    return Sequence(
        number=number,
        description=description,
        contrast=contrast,
        plane="sagittal",
        matrix=256,
        field_of_view=240,
        count=144,
        spacing=1.2,
        thickness=1.2,
        timing=(2300, 2.9, 900, 9),
        kind=("GR IR", "SP MP"),
        acquisition="3D",
        syntax=EXPLICIT if contrast is Contrast.T1 else JPEG_LS,
        agent=agent,
    )


def _axial(number: int, contrast: Contrast, timing: tuple[float, float, float, int]) -> Sequence:
    return Sequence(
        number=number,
        description=f"{contrast.value} TSE AX 4 mm",
        contrast=contrast,
        plane="axial",
        matrix=320,
        field_of_view=230,
        count=34,
        spacing=4.4,
        thickness=4.0,
        timing=timing,
        kind=("SE IR" if timing[2] else "SE", "SK"),
        syntax=JPEG_LS if contrast is Contrast.FLAIR else EXPLICIT,
    )


def _brain() -> tuple[Booking, ...]:
    axial = (
        _axial(3, Contrast.T2, (5200, 96, 0, 150)),
        _axial(4, Contrast.FLAIR, (9000, 120, 2500, 150)),
    )
    plain = _sagittal(2, Contrast.T1, "T1 MPRAGE SAG")
    enhanced = _sagittal(5, Contrast.T1_ENHANCED, "T1 MPRAGE SAG Gd", "GADOTERATE")
    findings = reports.Findings(
        indication="Sclérose en plaques, nouvelle paresthésie.",
        technique="T1 3D avant et après gadolinium, T2 et FLAIR axiaux.",
        comparison="IRM cérébrale antérieure.",
        findings=(
            "Lésions de la substance blanche périventriculaire connues, stables. Nouvelle "
            "lésion du centre semi-ovale gauche, rehaussée après injection."
        ),
        conclusion="Une nouvelle lésion active. Dissémination temporelle.",
    )
    return (
        Booking(
            key="mr-brain-2",
            patient="brain",
            days_ago=25,
            modality="MR",
            description="IRM cerebrale sans et avec Gd",
            reason="Suivi SEP",
            exams=(
                BrainExam(lesions=plaques(later=True), sequences=(plain, *axial, enhanced)),
                reports.TextReport(number=100, findings=findings),
            ),
        ),
        Booking(
            key="mr-brain-1",
            patient="brain",
            days_ago=1182,
            modality="MR",
            description="IRM cerebrale",
            reason="Paresthesies",
            exams=(BrainExam(lesions=plaques(later=False), sequences=(plain, *axial)),),
        ),
    )


def _breasts() -> tuple[Booking, ...]:
    visits = ((5, 11.0, 9), (371, 0.0, 4), (735, 0.0, 0))
    return tuple(_mammography(*visit) for visit in visits)


def _mammography(days_ago: int, mass: float, calcifications: int) -> Booking:
    mark = (Finding(u=58, v=-26, diameter=mass),) if mass else ()
    left = Breast(seed="left", density=0.45, findings=mark, calcifications=calcifications)
    exams = (MammographyExam(right=Breast(seed="right", density=0.45), left=left),)
    findings = reports.Findings(
        indication="Dépistage.",
        technique="Deux incidences par sein.",
        findings=(
            "Masse spiculée de 11 mm du quadrant supéro-externe gauche, avec un foyer de "
            "microcalcifications."
        ),
        conclusion="ACR 5 à gauche, ACR 2 à droite. Biopsie.",
        comparison="Mammographies des deux années précédentes : sans masse.",
    )
    report = (reports.TextReport(number=100, findings=findings),) if mass else ()
    return Booking(
        key=f"mg-{days_ago}",
        patient="breast",
        days_ago=days_ago,
        modality="MG",
        description="Mammographie bilatérale",
        reason="Dépistage",
        exams=(*exams, *report),
    )


def _chests() -> tuple[Booking, ...]:
    usual = ("PA", "LL")
    rows: tuple[tuple[str, int, str, Torso, tuple[str, ...], float], ...] = (
        (
            "lungs",
            640,
            "Fièvre, dyspnée",
            Torso(seed="lungs", effusion=27, table=False),
            usual,
            1.0,
        ),
        ("lungs", 611, "Contrôle", Torso(seed="lungs", effusion=10, table=False), ("PA",), 1.0),
        ("lungs", 40, "Bilan annuel", Torso(seed="lungs", table=False), ("PA",), 1.0),
        (
            "baby",
            2,
            "Détresse respiratoire",
            Torso(seed="baby", breath=22, table=False),
            ("AP",),
            0.32,
        ),
        ("unknown", 0, "Polytraumatisé", Torso(seed="unknown", breath=12), ("AP",), 1.0),
        ("fable", 1498, "Préopératoire", Torso(seed="fable", table=False), usual, 1.0),
    )
    return tuple(
        Booking(
            key=f"dx-{patient}-{days_ago}",
            patient=patient,
            days_ago=days_ago,
            modality="DX",
            description="Radiographie du thorax",
            reason=reason,
            exams=(ChestRadiograph(torso=torso, views=views, size=size),),
        )
        for patient, days_ago, reason, torso, views, size in rows
    )


def _hands() -> tuple[Booking, ...]:
    return tuple(
        Booking(
            key=f"cr-hand-{days_ago}",
            patient="hand",
            days_ago=days_ago,
            modality="CR",
            description="Main gauche face",
            reason=reason,
            exams=(HandRadiograph(hand=Hand(seed="hand", healing=healing)),),
        )
        for days_ago, reason, healing in ((47, "Chute, douleur", 0.0), (3, "Controle", 0.9))
    )


def _hearts() -> tuple[Booking, ...]:
    findings = reports.Findings(
        indication="Dyspnée d'effort, souffle.",
        technique="Échocardiographie transthoracique, apicale quatre cavités.",
        findings=(
            "Ventricule gauche non dilaté, fraction d'éjection estimée à 58 %. Valve mitrale "
            "fine, flux de remplissage de type relaxation altérée. Péricarde sec."
        ),
        conclusion="Fonction systolique conservée. Trouble de la relaxation.",
    )
    letter = reports.Letter(number=104, title="Échocardiographie", findings=findings)
    return (
        Booking(
            key="us-heart-2",
            patient="heart",
            days_ago=9,
            modality="US",
            description="Échocardiographie transthoracique",
            reason="Dyspnée d'effort",
            exams=(EchoExam(seed="heart"), letter),
        ),
        Booking(
            key="us-heart-1",
            patient="heart",
            days_ago=402,
            modality="US",
            description="Échocardiographie transthoracique",
            reason="Souffle systolique",
            exams=(EchoExam(seed="heart-before"),),
        ),
    )
