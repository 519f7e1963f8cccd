"""The two generations of sandboxes, on one set of test bodies.

The suite runs once for each: `pytest Tests/SDK` makes sandboxes of the second generation (V2), and
`pytest Tests/SDK --generation v1` those of the first. Whatever a sandbox does is tested with both.
What does not depend on it runs with V2 alone. All of that, and every difference between the two that
a user sees, is in this file.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Generation:
    name: str
    # What the SDK reads when it makes a sandbox or lists them.
    environment: dict
    sandbox_id: re.Pattern
    task_id: re.Pattern
    # Whether the entrypoint's output keeps bytes that are no UTF-8 (and the SDK then refuses them as
    # text); where not, they were replaced.
    keeps_bytes: bool


V1 = Generation(
    "v1", {"MODAL_SANDBOX_V2": "0"}, re.compile(r"sb-[0-9A-Za-z]{22}"),
    re.compile(r"ta-[0-9A-Za-z]{21}[0-9A-UW-Za-z]"), keeps_bytes=False)
V2 = Generation(
    "v2", {"MODAL_SANDBOX_V2": "1"}, re.compile(r"sb-[0-9A-Z]{26}"), re.compile(r"ta-[0-9A-Z]{26}V"),
    keeps_bytes=True)
GENERATIONS = {"v1": V1, "v2": V2}

# Files, or single tests of one, that run with one generation alone.
ONLY = {
    # What V1 has and V2 has not, and how the two know each other.
    "test_v1.py": "v1",
    # No sandbox of the SDK's takes part, or what is tested is the machine, the image, the terminal.
    "test_add_python.py": "v2",
    "test_authentication.py": "v2",
    "test_command.py": "v2",
    "test_confinement.py": "v2",
    "test_containers.py": "v2",
    "test_docker.py": "v2",
    "test_disk.py": "v2",
    "test_doctor.py": "v2",
    "test_ends.py": "v2",
    "test_full_disk.py": "v2",
    "test_guide.py": "v2",
    "test_image_cli.py": "v2",
    "test_image_commands.py": "v2",
    "test_image_names.py": "v2",
    "test_images.py": "v2",
    "test_inits.py": "v2",
    "test_inside": "v2",
    "test_mounts.py": "v2",
    "test_registry.py": "v2",
    "test_import.py": "v2",
    "test_fidelity.py": "v2",
    "test_malicious_images.py": "v2",
    "test_network.py": "v2",
    "test_operator.py": "v2",
    "test_operator_commands.py": "v2",
    "test_protocol_drift.py": "v2",
    "test_resources.py": "v2",
    "test_settings.py": "v2",
    "test_shell.py": "v2",
    "test_snapshots.py": "v2",
    "test_systemd.py": "v2",
    "test_cli.py::test_an_": "v2",
    "test_cli.py::test_app_": "v2",
    "test_cli.py::test_environment": "v2",
    "test_cli.py::test_restricted_": "v2",
    "test_cli.py::test_secret_": "v2",
    "test_cli.py::test_token_": "v2",
    "test_cli.py::test_what_": "v2",
    # Long streams through the router, which is the same for both.
    "test_exec.py::test_a_hundred_megabytes": "v2",
    "test_streams.py": "v2",
    # With V1 the SDK asks for a token for the task that it is told of, which is a fair request.
    "test_errors.py::test_it_is_the_documented_class_with_a_useful_text[PERMISSION_DENIED-task]": "v2",
    # The meter, which is the machine's.
    "test_usage.py::test_a_busy_loop_uses_one_core": "v2",
    "test_usage.py::test_allocated_memory_is_seen": "v2",
    # Further servers, whose clients make sandboxes of their own.
    "test_logs.py::test_a_talkative_process": "v2",
    "test_logs.py::test_logs_outlive_a_restart": "v2",
    "test_secrets.py::test_secrets_outlive_the_server": "v2",
    "test_secrets.py::test_variables_that_an_older_server": "v2",
    "test_usage.py::test_statistics_outlive_the_server": "v2",
    "test_usage.py::test_a_rate_that_is_none": "v2",
    # The SDK itself has it for V2 alone; `test_v1.py` holds what it says then.
    "test_lifecycle.py::test_a_name_can_be_set_once": "v2",
}


def runs_with(test, generation):
    """Whether a test, such as `test_exec.py::test_workdir`, runs with a generation."""
    owners = [owner for prefix, owner in ONLY.items() if test.startswith(prefix)]
    return all(owner == generation for owner in owners)
