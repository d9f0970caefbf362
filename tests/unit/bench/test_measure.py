from offline_ci.bench.measure import Meter


def zone(folder, name, microjoules):
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{microjoules}\n")


def test_energy_is_that_of_all_packages(tmp_path):
    for name, start in (("intel-rapl:0", 1_000_000), ("intel-rapl:1", 5), ("intel-rapl:0:0", 7), ("dtpm", 9)):
        zone(tmp_path, name, start)
    meter = Meter(tmp_path)
    zone(tmp_path, "intel-rapl:0", 3_500_000)
    zone(tmp_path, "intel-rapl:0:0", 9_000_000)
    found = meter.read()
    assert found["energy_j"] == 2.5
    assert found["seconds"] >= 0
    assert found["peak_memory_bytes"] > 10 << 20


def test_what_the_machine_does_not_tell_is_none(tmp_path):
    assert Meter(tmp_path / "nothing").read()["energy_j"] is None
    zone(tmp_path, "intel-rapl:0", 100)
    meter = Meter(tmp_path)
    zone(tmp_path, "intel-rapl:0", 5)  # it has begun anew
    assert meter.read()["energy_j"] is None
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("garbage")
    assert Meter(tmp_path).read()["energy_j"] is None
