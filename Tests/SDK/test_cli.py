"""`modal` as a command line for Sandlot: secrets, containers, apps, environments, tokens, profiles."""

import json
import re
import uuid

import pytest
from cli import modal_cli


def unique(prefix="x"):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def rows(*arguments):
    """The rows that a command prints with --json."""
    return json.loads(modal_cli(*arguments, "--json").stdout)


def refused(*arguments):
    """What a command says that fails."""
    result = modal_cli(*arguments, check=False)
    assert result.returncode != 0, result.stdout
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout + result.stderr


# secrets


def test_secret_create_list_delete(sb, modal):
    name = unique("secret")
    said = modal_cli("secret", "create", name, "USER=me", "PASSWORD=swordfish").stdout
    assert "'USER'" in said and "swordfish" not in said
    process = sb.exec("sh", "-c", "echo $USER $PASSWORD", secrets=[modal.Secret.from_name(name)])
    process.wait()
    assert process.stdout.read() == "me swordfish\n"
    assert [row for row in rows("secret", "list") if row["name"] == name][0]["last_used_at"] != "-"
    modal_cli("secret", "delete", name, "--yes")
    assert name not in [row["name"] for row in rows("secret", "list")]
    assert name in refused("secret", "delete", name, "--yes")
    modal_cli("secret", "delete", name, "--yes", "--allow-missing")


def test_secret_create_twice_and_by_force(sb, modal):
    name = unique("secret")
    modal_cli("secret", "create", name, "A=1", "B=1")
    assert "exists" in refused("secret", "create", name, "A=2")
    modal_cli("secret", "create", name, "A=2", "--force")
    process = sb.exec("sh", "-c", "echo $A$B", secrets=[modal.Secret.from_name(name)])
    process.wait()
    assert process.stdout.read() == "2\n"
    modal_cli("secret", "delete", name, "--yes")


def test_secret_create_from_files(sb, modal, tmp_path):
    name = unique("secret")
    (tmp_path / "dot").write_text("ONE=1\n")
    (tmp_path / "json").write_text('{"TWO": "2"}')
    modal_cli("secret", "create", name, "--from-dotenv", str(tmp_path / "dot"), "--from-json",
              str(tmp_path / "json"))
    process = sb.exec("sh", "-c", "echo $ONE$TWO", secrets=[modal.Secret.from_name(name)])
    process.wait()
    assert process.stdout.read() == "12\n"
    modal_cli("secret", "delete", name, "--yes")


# containers


def test_container_list(sb, app):
    task = sb._get_task_id()
    row = next(row for row in rows("container", "list") if row["container_id"] == task)
    assert row["app_id"] == app.app_id and row["app_name"] == "sdk-tests"
    assert task in modal_cli("container", "list").stdout
    listed = rows("container", "list", "--app-id", app.app_id)
    assert task in [row["container_id"] for row in listed]


def test_container_exec(sb):
    result = modal_cli("container", "exec", "--no-pty", sb._get_task_id(), "--", "echo", "inside")
    assert "inside" in result.stdout


def test_container_stop(create):
    sandbox = create()
    task = sandbox._get_task_id()
    modal_cli("container", "stop", task, "--yes")
    assert sandbox.poll() == 137
    assert "already stopped" in refused("container", "stop", task, "--yes")
    assert task not in [row["container_id"] for row in rows("container", "list")]


def test_an_unknown_container(server):
    assert "ta-none" in refused("container", "stop", "ta-none", "--yes")


# apps


def test_app_list_and_stop(modal):
    name = unique("app")
    app = modal.App.lookup(name, create_if_missing=True)
    sandbox = modal.Sandbox.create(app=app)
    row = next(row for row in rows("app", "list") if row["app_id"] == app.app_id)
    assert row["description"] == name and row["state"] == "deployed" and row["tasks"] == "1"
    modal_cli("app", "stop", name, "--yes")
    assert sandbox.poll() == 137
    row = next(row for row in rows("app", "list") if row["app_id"] == app.app_id)
    assert row["state"] == "stopped" and row["tasks"] == "0" and row["stopped_at"]
    assert "already stopped" in refused("app", "stop", name, "--yes")
    assert "already stopped" in refused("app", "stop", app.app_id, "--yes")


def test_app_stop_by_id(modal):
    app = modal.App.lookup(unique("app"), create_if_missing=True)
    modal_cli("app", "stop", app.app_id, "--yes")
    with pytest.raises(modal.exception.ConflictError, match="stopped"):
        modal.Sandbox.create(app=app)


def test_an_unknown_app(server):
    name = unique("nobody")
    assert name in refused("app", "stop", name, "--yes")


# environments


@pytest.fixture
def environment(server):
    name = unique("env")
    modal_cli("environment", "create", name)
    yield name
    modal_cli("environment", "delete", name, "--yes", check=False)


def test_environment_create_list_delete(server):
    name = unique("env")
    assert name in modal_cli("environment", "create", name).stdout
    listed = {row["name"]: row for row in rows("environment", "list")}
    assert listed["main"]["active"] == "True" and listed[name]["active"] == "False"
    assert "exists" in refused("environment", "create", name)
    modal_cli("environment", "delete", name, "--yes")
    assert name not in [row["name"] for row in rows("environment", "list")]
    assert name in refused("environment", "delete", name, "--yes")
    assert "default" in refused("environment", "delete", "main", "--yes")


def test_environment_update(environment, modal):
    app = modal.App.lookup("a", environment_name=environment, create_if_missing=True)
    name = unique("renamed")
    modal_cli("environment", "update", environment, "--set-name", name, "--set-web-suffix", "web")
    row = next(row for row in rows("environment", "list") if row["name"] == name)
    assert row["web_suffix"] == "web"
    assert modal.App.lookup("a", environment_name=name).app_id == app.app_id
    said = refused("environment", "update", name, "--set-image-builder-version", "2024.04")
    assert "2024.04" in said
    modal_cli("environment", "update", name, "--set-name", environment)


def test_restricted_environments_are_refused(server):
    assert "estricted" in refused("environment", "create", unique("env"), "--restricted")


def test_names_live_in_an_environment(environment, modal):
    here, there = (
        modal.App.lookup("same", environment_name=name, create_if_missing=True)
        for name in (environment, "main"))
    assert here.app_id != there.app_id
    sandbox = modal.Sandbox.create(app=here, name="box")
    found = modal.Sandbox.from_name("same", "box", environment_name=environment)
    assert found.object_id == sandbox.object_id
    with pytest.raises(modal.exception.NotFoundError):
        modal.Sandbox.from_name("same", "box", environment_name="main")
    task = sandbox._get_task_id()
    listed = rows("container", "list", "--env", environment)
    assert [row["container_id"] for row in listed] == [task]
    assert task not in [row["container_id"] for row in rows("container", "list")]
    modal_cli("secret", "create", "own", "K=v", "--env", environment)
    assert [row["name"] for row in rows("secret", "list", "--env", environment)] == ["own"]
    with pytest.raises(modal.exception.NotFoundError):
        modal.Secret.from_name("own").hydrate()
    modal_cli("environment", "delete", environment, "--yes")
    assert sandbox.poll() == 137


def test_an_environment_can_be_chosen_by_a_variable(environment):
    modal_cli("secret", "create", "chosen", "K=v", MODAL_ENVIRONMENT=environment)
    listed = json.loads(modal_cli("secret", "list", "--json", MODAL_ENVIRONMENT=environment).stdout)
    assert [row["name"] for row in listed] == ["chosen"]
    listed = json.loads(
        modal_cli("environment", "list", "--json", MODAL_ENVIRONMENT=environment).stdout)
    assert {row["name"]: row["active"] for row in listed}[environment] == "True"


def test_environments_from_python(modal):
    name = unique("env")
    with pytest.raises(modal.exception.NotFoundError, match=name):
        modal.Environment.from_name(name).hydrate()
    modal.Environment.from_name(name, create_if_missing=True).hydrate()
    assert name in [found.name for found in modal.Environment.objects.list()]
    app = modal.App.lookup("a", environment_name=name, create_if_missing=True)
    sandbox = modal.Sandbox.create(app=app)
    modal.Environment.objects.delete(name)
    assert sandbox.poll() == 137
    with pytest.raises(modal.exception.NotFoundError, match=name):
        modal.App.lookup("a", environment_name=name)
    with pytest.raises(modal.exception.ConflictError, match="stopped"):
        modal.Sandbox.create(app=app)


def test_an_unknown_environment(server):
    assert "nowhere" in refused("app", "list", "--env", "nowhere")


# tokens and profiles


def test_token_info(server):
    said = modal_cli("token", "info").stdout
    assert server["MODAL_TOKEN_ID"] in said and "sandlot" in said
    assert server["MODAL_TOKEN_SECRET"] not in said


def test_token_set_makes_a_profile_that_works(server, tmp_path):
    path = tmp_path / "modal.toml"
    variables = {"MODAL_CONFIG_PATH": str(path)}
    modal_cli(
        "token", "set", "--token-id", server["MODAL_TOKEN_ID"], "--token-secret",
        server["MODAL_TOKEN_SECRET"], **variables)
    text = path.read_text()
    assert "[sandlot]" in text and server["MODAL_SERVER_URL"] in text
    # From here on the profile alone says where the server is.
    variables |= dict.fromkeys(server)
    listed = json.loads(modal_cli("profile", "list", "--json", **variables).stdout)
    assert listed == [{"name": "sandlot", "workspace": "sandlot", "active": True}]
    assert modal_cli("profile", "current", **variables).stdout.strip() == "sandlot"
    assert "sandlot" in modal_cli("profile", "activate", "sandlot", **variables).stdout
    assert "sdk-tests" in modal_cli("app", "list", **variables).stdout


def test_token_set_with_a_wrong_secret(server, tmp_path):
    result = modal_cli(
        "token", "set", "--token-id", server["MODAL_TOKEN_ID"], "--token-secret", "as-wrong",
        check=False, MODAL_CONFIG_PATH=str(tmp_path / "modal.toml"))
    assert result.returncode != 0 and "not valid" in result.stdout + result.stderr
    assert not (tmp_path / "modal.toml").exists()


# what is not there


def test_an_unknown_command_fails_quickly(server):
    result = modal_cli("nonsense", check=False, timeout=20)
    assert result.returncode != 0 and "nonsense" in result.stderr


@pytest.mark.parametrize("arguments", [
    ["volume", "list"], ["queue", "list"], ["dict", "list"], ["nfs", "list"],
    ["environment", "roles", "list", "main"],
])
def test_what_is_not_supported_says_so_quickly(arguments, server):
    result = modal_cli(*arguments, check=False, timeout=20)
    assert result.returncode != 0
    assert re.search(r"not supported|has no|no members", result.stdout + result.stderr)
