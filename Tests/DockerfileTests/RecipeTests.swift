import Dockerfile
import Testing

/// The lines that SDK 1.6.4 sends for its own image methods.
@Suite struct RecipeTests {
  @Test func theDefaultImage() throws {
    let file = try Dockerfile(lines: [
      "FROM python:3.11.12-slim-bookworm", "RUN apt-get update",
      "RUN apt-get install -y gcc gfortran build-essential",
      "RUN pip install --upgrade pip wheel uv",
      "RUN echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections",
      "CMD [\"sleep\", \"172800\"]",
    ])
    #expect(try file.base() == .image("python:3.11.12-slim-bookworm"))
    let base = ImageConfig(
      env: [EnvironmentVariable(name: "PATH", value: "/usr/local/bin:/usr/bin:/bin")],
      cmd: ["python3"])
    let steps = try file.lastPlan(base: base).steps
    #expect(steps.map(\.line) == [2, 3, 4, 5, 6])
    #expect(steps.first?.text == "RUN apt-get update")
    guard case .run(let debconf) = steps[3].action else {
      Issue.record("the fourth step is \(steps[3].action)")
      return
    }
    let script = "echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections"
    #expect(debconf.argv == ["/bin/sh", "-c", script])
    #expect(debconf.environment == base.env)
    #expect(debconf.workingDirectory == "/" && debconf.user.isEmpty)
    #expect(steps[4].action == .configure)
    #expect(steps[4].config.cmd == ["sleep", "172800"])
  }

  @Test func micromamba() throws {
    let found = try commands([
      "FROM mambaorg/micromamba:2.1.1", "SHELL [\"/usr/local/bin/_dockerfile_shell.sh\"]",
      "ENV MAMBA_DOCKERFILE_ACTIVATE=1",
      "RUN micromamba install -n base -y python=3.11 pip -c conda-forge",
      "CMD [\"sleep\", \"172800\"]",
    ])
    let script = "micromamba install -n base -y python=3.11 pip -c conda-forge"
    #expect(found.map(\.argv) == [["/usr/local/bin/_dockerfile_shell.sh", script]])
    #expect(found.map(\.variables) == [["MAMBA_DOCKERFILE_ACTIVATE=1"]])
  }

  @Test func packages() throws {
    let script = "python -m pip install numpy 'requests>=2' --index-url https://x/simple"
    #expect(try scripts("RUN \(script)") == [script])
    #expect(try scripts("RUN echo \"a\" # b\nRUN c") == ["echo \"a\" # b", "c"])
  }

  @Test func environmentAndDirectory() throws {
    let result = try config(
      "ENV GREETING='hello $USER'", "ENV PLAIN=value", "WORKDIR '/my dir'",
      "ENTRYPOINT [\"/init\", \"--flag\"]", "CMD [\"a\"]", "SHELL [\"/bin/bash\", \"-c\"]")
    #expect(result.environment == ["GREETING=hello $USER", "PLAIN=value"])
    #expect(result.workingDirectory == "/my dir")
    #expect(result.entrypoint == ["/init", "--flag"])
    #expect(result.cmd == ["a"])
    #expect(result.shell == ["/bin/bash", "-c"])
  }

  @Test func aFileFromDisk() throws {
    let lines = """
      # syntax=docker/dockerfile:1
      ARG VERSION=3.12

      FROM python:${VERSION}-slim AS final
      ARG REVISION
      # tools
      RUN apt-get update \\
          # only these
          && apt-get install -y \\
             git \\
             curl

      USER nobody
      RUN ["git", "--version"]

      """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let arguments = ["REVISION": "abc", "VERSION": "3.13"]
    #expect(
      try Dockerfile(lines: lines).base(buildArguments: arguments) == .image("python:3.13-slim"))
    let found = try commands(lines, arguments: arguments)
    let script = "apt-get update     && apt-get install -y        git        curl"
    #expect(found.map(\.argv) == [["/bin/sh", "-c", script], ["git", "--version"]])
    #expect(found.map(\.variables) == [["REVISION=abc"], ["REVISION=abc"]])
    #expect(found.map(\.user) == ["", "nobody"])
  }
}
