"""The size of the store, added up little by little."""

from pathlib import Path

from steckel.server.store_size import StoreMeter, read_store_size


def test_nothing_is_said_before_all_was_looked_at(tmp_path: Path) -> None:
    store, home = tmp_path / "store", tmp_path / "home"
    for number in range(10):
        folder = store / "containers" / f"{number:02}"
        folder.mkdir(parents=True)
        (folder / "a.zip").write_bytes(bytes(100))
    (store / "open").mkdir()
    (store / "open" / "b.zip").write_bytes(bytes(7))
    meter = StoreMeter(store, home)
    meter.run(most_files=4)
    assert read_store_size(home) is None
    rounds = 1
    while read_store_size(home) is None:
        meter.run(most_files=4)
        rounds += 1
    assert read_store_size(home) == 1007
    assert rounds > 3


def test_what_comes_and_goes_is_in_the_next_sum(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    meter = StoreMeter(store, tmp_path)
    meter.run()
    assert read_store_size(tmp_path) == 0
    (store / "a").write_bytes(bytes(5))
    meter.run()
    assert read_store_size(tmp_path) == 5
    (store / "a").unlink()
    meter.run()
    assert read_store_size(tmp_path) == 0


def test_the_next_process_knows_the_last_sum(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a").write_bytes(bytes(5))
    StoreMeter(tmp_path / "store", tmp_path).run()
    (tmp_path / "store" / "a").unlink()
    assert read_store_size(tmp_path) == 5


def test_a_store_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    StoreMeter(tmp_path / "none", tmp_path).run()
    assert read_store_size(tmp_path) == 0
