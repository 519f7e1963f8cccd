import Dockerfile
import Testing

@Suite struct HeredocTests {
  @Test func aBodyAloneIsTheScript() throws {
    let found = try scripts("RUN <<EOF", "set -e", "# kept", "", "  echo a \\", "EOF", "RUN b")
    #expect(found == ["set -e\n# kept\n\n  echo a \\\n", "b"])
  }

  @Test(arguments: ["RUN <<'E F'", "RUN <<\"E F\""])
  func theNameCanBeQuoted(line: String) throws {
    #expect(try scripts(line, "echo $a", "E F") == ["echo $a\n"])
  }

  @Test func theShellReadsTheBodiesOfACommand() throws {
    let found = try scripts("RUN cat <<A > /a && cat 3<<'B'>/b", "1", "A", "2", "B")
    #expect(found == ["cat <<A > /a && cat 3<<'B'>/b\n1\nA\n2\nB"])
  }

  @Test func aDashTakesTabsAway() throws {
    #expect(try scripts("RUN <<-EOF", "\tif a", "\t\tb", "\tEOF") == ["if a\nb\n"])
  }

  @Test func aBodyCanComeInOneElement() throws {
    #expect(
      try scripts("RUN cat <<EOF > /f\n$x\nEOF", "RUN b") == ["cat <<EOF > /f\n$x\nEOF", "b"])
  }

  @Test(arguments: [
    "echo $((1 <<2))", "echo '<<EOF'", "echo \"a <<EOF\"", "cat <<< EOF", "cat <<<EOF", "a<<EOF",
    "echo \\<<EOF", "it's <<EOF", "x << EOF",
  ])
  func otherShiftsAreLeftAlone(script: String) throws {
    #expect(try scripts("RUN \(script)", "RUN b") == [script, "b"])
  }

  @Test func aScriptIsRunByItsInterpreter() throws {
    let lines = ["FROM base", "RUN <<EOF", "#!/usr/bin/env python3", "print('$x')", "EOF"]
    let argv = try #require(try commands(lines).first).argv
    let script = """
      exec '/usr/bin/env' 'python3' '/dev/stdin' <<'END_OF_SCRIPT'
      #!/usr/bin/env python3
      print('$x')
      END_OF_SCRIPT

      """
    let unquoted = script.replacing("'/dev/stdin'", with: "/dev/stdin")
    #expect(argv == ["/bin/sh", "-c", unquoted])
  }

  @Test func aScriptCanContainItsTerminator() throws {
    let lines = ["FROM base", "RUN <<EOF", "#!/bin/cat", "END_OF_SCRIPT", "EOF"]
    let argv = try #require(try commands(lines).first).argv
    #expect(argv[2].hasPrefix("exec '/bin/cat' /dev/stdin <<'END_OF_SCRIPT_'\n"))
  }

  @Test func aBodyWithoutEndIsNamed() throws {
    let error = try failure(["FROM base", "RUN cat <<EOF", "a", " EOF"])
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("line 2, “RUN cat <<EOF”"))
    #expect(error.message.contains("“EOF”"))
  }

  @Test func bodiesOfFilesAreSkipped() throws {
    let file = try onBase("COPY <<EOF /etc/x", "RUN not an instruction", "EOF", "RUN a")
    #expect(file.instructions.map(\.line) == [1, 2, 5])
  }
}
