"""Ratios and marks."""

from bench.result import AtMost, Mark, Result, Row, TimesFaster, Unit, verdicts
from bench.table import as_json, table


def _result(*marks: Mark, ours: tuple[float, ...] = (2.0, 1.0, 3.0)) -> Result:
    return Result(
        title="Work",
        unit=Unit.SECONDS,
        rows=(Row(name="Steckel", values=ours), Row(name="Other", values=(8.0,))),
        marks=marks,
    )


def test_a_ratio_is_the_others_median_over_ours() -> None:
    result = _result()
    assert [result.times(row) for row in result.rows] == [1.0, 4.0]


def test_a_ratio_to_nothing_is_none() -> None:
    result = _result(ours=(0.0,))
    assert result.times(result.rows[1]) is None
    assert as_json(result)["rows"][1]["ratio"] is None


def test_a_mark_is_met_at_its_ratio_and_not_above_it() -> None:
    met = verdicts(_result(TimesFaster(than="Other", times=4), TimesFaster(than="Other", times=5)))
    assert [verdict.met for verdict in met] == [True, False]


def test_a_mark_against_who_did_not_take_part_is_not_judged() -> None:
    assert verdicts(_result(TimesFaster(than="Absent", times=1))) == []


def test_a_limit_holds_for_the_median_or_for_the_95th_percentile() -> None:
    met = verdicts(_result(AtMost(value=2), AtMost(value=2, p95=True)))
    assert [verdict.met for verdict in met] == [True, False]


def test_the_95th_percentile_of_a_hundred_is_the_ninety_fifth() -> None:
    assert Row(name="Steckel", values=tuple(map(float, range(100, 0, -1)))).p95 == 95


def test_a_table_judges_only_when_asked() -> None:
    result = _result(TimesFaster(than="Other", times=5))
    assert "MISSED, 4.00 x" in table(result, judged=True)
    assert "MISSED" not in table(result, judged=False)
