"""The CT examinations: a growing nodule over seven years, a haemorrhage in the head."""

from dataclasses import replace

from steckel.demo.booking import Booking
from steckel.demo.exams import ct, ct_chest, ct_head, reports
from steckel.demo.phantom.torso import Nodule, Torso
from steckel.demo.pixels import EXPLICIT, HTJ2K_RPCL, IMPLICIT, JPEG_2000, JPEG_LS, RLE

_PLACE = (-78.0, -20.0, 62.0)
#: How far through the series the nodule lies: from the top of the scan.
_FRACTION = (126.0 - _PLACE[2]) / 300.0
_SEED = "nodule"

_THICK = ct.Recipe(
    kernel="B30f",
    windows=(ct.SOFT, ct.LUNG),
    thickness=5.0,
    spacing=5.0,
    syntax=JPEG_2000,
    contrast="IOHEXOL",
    noise=6.0,
    sharpness=0.9,
)
_THIN = ct.Recipe(
    kernel="B31f",
    windows=(ct.SOFT, ct.LUNG),
    thickness=2.5,
    spacing=2.5,
    syntax=JPEG_LS,
    contrast="IOHEXOL",
    noise=13.0,
)
_LUNG = ct.Recipe(
    kernel="B70f",
    windows=(ct.LUNG,),
    thickness=5.0,
    spacing=5.0,
    syntax=RLE,
    contrast="IOHEXOL",
    noise=22.0,
    sharpness=0.45,
)


def _torso(diameter: float, breath: float, *, spiculated: bool = False) -> Torso:
    nodule = Nodule(center=_PLACE, diameter=diameter, spiculated=spiculated)
    return Torso(seed=_SEED, breath=breath, nodule=nodule)


def bookings() -> tuple[Booking, ...]:
    """Return the CT studies."""
    return (_third(), _second(), _head(), _first())


def _first() -> Booking:
    stacks = (ct_chest.Stack(number=2, description="Thorax 5.0 B30f", recipe=_THICK),)
    findings = reports.Findings(
        indication="Toux persistante. Tabagisme sevré.",
        technique="Acquisition spiralée après injection intraveineuse de 90 mL d'iohexol.",
        findings=(
            "Micronodule plein de 5 mm du lobe supérieur droit, aspécifique. Pas "
            "d'adénomégalie. Kyste hépatique simple du foie droit. Stéatose absente."
        ),
        conclusion="Micronodule du lobe supérieur droit : contrôle selon Fleischner.",
    )
    return Booking(
        key="ct-chest-1",
        patient="nodule",
        days_ago=2722,
        modality="CT",
        description="Scanner thoracique injecté",
        reason="Toux persistante",
        exams=(
            ct_chest.ChestExam(torso=_torso(5.0, 0.0), spacing=5.0, stacks=stacks),
            reports.TextReport(number=100, findings=findings),
        ),
    )


def _second() -> Booking:
    stacks = (
        ct_chest.Stack(number=2, description="Thorax 2.5 B31f", recipe=_THIN),
        ct_chest.Stack(number=3, description="Poumon 5.0 B70f", recipe=_LUNG),
    )
    findings = reports.Findings(
        indication="Contrôle d'un micronodule du lobe supérieur droit.",
        technique="Acquisition spiralée en coupes de 2.5 mm après injection.",
        comparison="Scanner thoracique antérieur : micronodule de 5 mm.",
        findings="Nodule plein du lobe supérieur droit mesuré à 8 mm (antérieurement 5 mm).",
        conclusion="Progression lente. Avis pneumologique et contrôle rapproché.",
    )
    return Booking(
        key="ct-chest-2",
        patient="nodule",
        days_ago=748,
        modality="CT",
        description="Scanner thoracique injecté",
        reason="Contrôle de nodule",
        exams=(
            ct_chest.ChestExam(torso=_torso(8.0, 5.0), spacing=2.5, stacks=stacks),
            reports.TextReport(number=100, findings=findings),
        ),
    )


def _third() -> Booking:
    torso = _torso(14.0, -3.0, spiculated=True)
    stacks = (
        ct_chest.Stack(
            number=2, description="Thorax 2.5 B31f", recipe=replace(_THIN, syntax=EXPLICIT)
        ),
        ct_chest.Stack(
            number=3, description="Poumon 5.0 B70f", recipe=replace(_LUNG, syntax=JPEG_LS)
        ),
    )
    mark = _mark(torso, 14.0)
    findings = reports.Findings(
        indication="Nodule évolutif du lobe supérieur droit. Bilan.",
        technique="Acquisition spiralée en coupes de 2.5 mm après injection de 90 mL d'iohexol.",
        comparison="Scanners thoraciques antérieurs (5 mm, puis 8 mm).",
        findings=(
            "Nodule plein spiculé du lobe supérieur droit mesuré à 14 mm. Pas d'épanchement "
            "pleural. Ganglions médiastinaux infracentimétriques. Kyste hépatique stable."
        ),
        conclusion="Nodule spiculé en progression, suspect. TEP-TDM et discussion en RCP.",
    )
    return Booking(
        key="ct-chest-3",
        patient="nodule",
        days_ago=12,
        modality="CT",
        description="Scanner thoracique injecté",
        reason="Nodule évolutif",
        exams=(
            ct_chest.ChestExam(torso=torso, spacing=2.5, stacks=stacks),
            reports.TextReport(number=100, findings=findings),
            reports.Measurements(number=101, mark=mark, finding=("27925004", "SCT", "Nodule")),
            reports.KeyImages(
                number=102,
                chosen=((2, _FRACTION), (3, _FRACTION)),
                comment="Nodule du lobe supérieur droit",
            ),
            reports.Annotation(number=103, mark=mark, window=(-600, 1500), matrix=512),
            reports.Letter(number=104, title="Compte rendu de scanner", findings=findings),
        ),
    )


def _mark(torso: Torso, length: float) -> reports.Mark:
    """Measure the nodule where the slice shows it."""
    x, y, _ = torso.where(_PLACE)
    column, row = (x + 200) * 512 / 400, (y - 14 + 200) * 512 / 400
    half = length / 2 * 512 / 400
    return reports.Mark(
        series=2,
        fraction=_FRACTION,
        start=(column - half * 0.9, row - half * 0.4),
        end=(column + half * 0.9, row + half * 0.4),
        length=length,
        label="Nodule LSD",
    )


def _head() -> Booking:
    thin = ct.Recipe(
        kernel="H60s",
        windows=(ct.BONE, ct.BRAIN),
        thickness=1.2,
        spacing=1.2,
        syntax=HTJ2K_RPCL,
        noise=9.0,
        current=260,
    )
    thick = ct.Recipe(
        kernel="H30s",
        windows=(ct.BRAIN, ct.BONE),
        thickness=4.0,
        spacing=4.0,
        syntax=IMPLICIT,
        noise=2.6,
        sharpness=1.0,
        current=260,
    )
    findings = reports.Findings(
        indication="Hémiparésie droite brutale, tension artérielle 210/110 mmHg.",
        technique="Acquisition sans injection, reconstructions parenchymateuses et osseuses.",
        findings=(
            "Hématome capsulo-lenticulaire gauche de 18 x 26 mm avec discret oedème "
            "périphérique. Pas d'inondation ventriculaire. Ligne médiane en place."
        ),
        conclusion="Hématome intraparenchymateux profond gauche, d'allure hypertensive.",
    )
    return Booking(
        key="ct-head-1",
        patient="head",
        days_ago=1,
        modality="CT",
        description="Scanner cérébral sans injection (urgence)",
        reason="Hémiparésie droite",
        exams=(
            ct_head.HeadExam(
                lesions=tuple(ct_head.bleeding()),
                stacks=((2, "Os 1.2 H60s", thin), (3, "Cerveau 4.0 H30s", thick)),
            ),
            reports.TextReport(number=100, findings=findings),
        ),
    )
