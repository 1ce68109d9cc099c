"""The tools and bodies that the demo pictures are computed with."""

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset

from steckel.demo.phantom import brain, head
from steckel.demo.phantom.contrast import Contrast, volume
from steckel.demo.phantom.fields import blur, power_noise, random, resize, spline_matrix
from steckel.demo.phantom.torso import Nodule, Torso
from steckel.demo.phantom.vessels import Tree, occupancy
from steckel.demo.pixels import RLE, set_gray


def test_a_spline_reproduces_a_straight_line() -> None:
    at = np.array([1.5, 2.25, 4.9], dtype=np.float32)
    line = 3 * np.arange(8, dtype=np.float32) + 1

    assert np.allclose(spline_matrix(at, 8) @ line, 3 * at + 1, atol=1e-4)


def test_blur_keeps_the_mean_and_takes_the_detail() -> None:
    field = random("test").standard_normal((64, 64), dtype=np.float32) + 5

    soft = blur(field, 2.0)
    assert abs(float(soft.mean()) - float(field.mean())) < 0.05
    assert soft.std() < field.std() / 4


def test_a_resized_picture_has_the_asked_shape_and_range() -> None:
    field = np.linspace(0, 1, 40, dtype=np.float32)[None, :].repeat(30, axis=0)

    big = resize(field, (75, 90))
    assert big.shape == (75, 90)
    assert big.min() > -0.05
    assert big.max() < 1.05


def test_power_noise_is_rougher_with_a_smaller_exponent() -> None:
    rough, smooth = (power_noise(random("n"), (64, 64), e) for e in (1.0, 3.5))

    assert np.abs(np.diff(rough)).mean() > 2 * np.abs(np.diff(smooth)).mean()


def test_the_same_key_gives_the_same_numbers() -> None:
    assert random("a", 1).integers(1 << 30) == random("a", 1).integers(1 << 30)
    assert random("a", 1).integers(1 << 30) != random("a", 2).integers(1 << 30)


def test_a_nodule_lies_where_the_torso_says() -> None:
    place = (-78.0, -20.0, 62.0)
    axis = np.arange(-200, 200, 1.0, dtype=np.float32)
    without = Torso(seed="t").plane(axis, axis, place[2])
    torso = Torso(seed="t", nodule=Nodule(center=place, diameter=14))
    difference = torso.plane(axis, axis, place[2]) - without

    x, y, _ = torso.where(place)
    rows, columns = np.nonzero(difference > 300)
    assert abs(axis[columns].mean() - x) < 3
    assert abs(axis[rows].mean() - y) < 3
    assert len(rows) == pytest.approx(np.pi * 7**2, rel=0.5)


def test_vessels_fill_only_part_of_the_lungs() -> None:
    tree = Tree.grow("t")
    axis = np.arange(-160, 160, 3.0, dtype=np.float32)
    blood = occupancy(tree, axis, axis, np.arange(-100, 100, 5.0, dtype=np.float32))

    assert len(tree.segments) > 2000
    assert 0.001 < (blood > 128).mean() < 0.1


def test_a_brain_is_computed_where_the_template_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(brain, "_template_folder", lambda: None)
    subject = head.build()
    signal = volume(subject, Contrast.T1)

    assert not subject.brain.real
    white = signal[subject.brain.white > 240]
    gray = signal[subject.brain.gray > 240]
    assert len(white) > 50_000
    assert white.mean() > gray.mean() + 30


def test_rle_frames_decode_to_what_was_coded() -> None:
    frame = random("rle").integers(0, 4096, (24, 37), dtype=np.uint16)
    frame[5:15] = 7
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = RLE
    ds.PhotometricInterpretation = "MONOCHROME2"
    set_gray(ds, frame, RLE, stored=12)

    assert np.array_equal(ds.pixel_array, frame)
