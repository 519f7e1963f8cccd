import Errors

/// One instruction of a Dockerfile and where it stands.
public struct Instruction: Sendable, Equatable {
  /// The line on which it begins, counted from 1.
  public let line: Int
  /// Its source with the continuation lines joined; without the bodies of here-documents.
  public let text: String
  /// What it says.
  public let kind: Kind

  /// What an instruction says, before variables are put in.
  public enum Kind: Sendable, Equatable {
    /// `FROM [--platform=p] image [AS stage]`
    case from(From)
    /// `RUN`, in either form.
    case run(Run)
    /// `ENV name=value …`
    case env([Assignment])
    /// `LABEL name=value …`
    case label([Assignment])
    /// `ARG name[=default] …`
    case arg([ArgumentDeclaration])
    /// `WORKDIR path`
    case workdir(Template)
    /// `USER name[:group]`
    case user(Template)
    /// `SHELL ["program", "argument", …]`
    case shell([String])
    /// `ENTRYPOINT`, in either form.
    case entrypoint(Command)
    /// `CMD`, in either form.
    case cmd(Command)
    /// `EXPOSE port[/protocol] …`
    case expose([Template])
    /// `COPY` or `ADD`, in either form.
    case copy(Copy)
    /// `VOLUME`, in either form.
    case volume([Template])
    /// `STOPSIGNAL signal`
    case stopSignal(Template)
    /// `HEALTHCHECK NONE` or `HEALTHCHECK CMD …`
    case healthcheck(Healthcheck)
    /// `MAINTAINER name`
    case maintainer(String)
    /// An instruction of the language that the builder does not carry out yet, by name.
    case unsupported(String)
  }
}

extension Instruction {
  /// The operands of `FROM`.
  public struct From: Sendable, Equatable {
    /// The image to build on.
    public let image: Template
    /// The name that `AS` gives the stage.
    public let stage: String?
    /// The value of `--platform`.
    public let platform: Template?
  }

  /// The operands of `RUN`.
  public struct Run: Sendable, Equatable {
    /// The command, without flags.
    public let command: Command
    /// The first of its flags that the builder does not carry out, and what to do instead.
    let refusal: Refusal?
    /// The here-documents that the command line opens, in order.
    public let heredocs: [Heredoc]
  }

  /// What the builder does not carry out.
  struct Refusal: Sendable, Equatable {
    let what: String
    let hint: String
  }

  /// The operands of `COPY` and `ADD`.
  public struct Copy: Sendable, Equatable {
    /// Whether it is an `ADD`.
    let isAdd: Bool
    let sources: [Source]
    let destination: Template
    let owner: Template?
    let mode: Template?
    /// The stage or image of `--from`, as written.
    let from: String?
    let checksum: Template?
    let excludes: [Template]
    let keepsParents: Bool
    /// What `--unpack` says; nil where it is not given.
    let unpacks: Bool?

    /// Where it takes a file from.
    enum Source: Sendable, Equatable {
      case path(Template)
      case heredoc(name: String, content: Template)
    }
  }

  /// A command in one of the two forms that `RUN`, `CMD` and `ENTRYPOINT` take.
  public enum Command: Sendable, Equatable {
    /// A line for the image's shell.
    case shell(String)
    /// An argument vector, run as it is.
    case exec([String])
  }

  /// One `name=value` of `ENV` or `LABEL`.
  public struct Assignment: Sendable, Equatable {
    /// The left side.
    public let name: Template
    /// The right side.
    public let value: Template
  }

  /// One `name[=default]` of `ARG`.
  public struct ArgumentDeclaration: Sendable, Equatable {
    /// The name of the build argument.
    public let name: String
    /// What it is when the caller gives no value; nil leaves it unset.
    public let defaultValue: Template?
  }
}

extension Instruction {
  /// An `invalidArgument` error that names this instruction's line and text.
  func invalid(_ problem: String, hint: String? = nil) -> SandlotError {
    .dockerfile(.invalidArgument, problem, line: line, text: text, hint: hint)
  }

  /// An `unimplemented` error that names this instruction's line and text.
  func unsupported(_ problem: String, hint: String) -> SandlotError {
    .dockerfile(.unimplemented, problem, line: line, text: text, hint: hint)
  }
}

extension SandlotError {
  /// An error about one line of a Dockerfile; a long line is cut.
  static func dockerfile(
    _ code: Code, _ problem: String, line: Int, text: String, hint: String? = nil
  ) -> SandlotError {
    let longest = 160
    let shown = text.count > longest ? text.prefix(longest) + "…" : text[...]
    return SandlotError(code, "Dockerfile line \(line), “\(shown)”: \(problem).", hint: hint)
  }
}

/// What is wrong with a piece of an instruction; the parser adds line and text.
struct SyntaxFault: Error {
  let problem: String
  var hint: String?

  init(_ problem: String, hint: String? = nil) {
    self.problem = problem
    self.hint = hint
  }
}
