import Dockerfile
import Mounts

/// A build, with everything looked up and put in.
struct BuildPlan: Sendable {
  /// The content key of the image.
  let key: String
  /// The image that `FROM` names, where it is one of ours.
  let parent: String?
  /// The stages in the order in which they can be built; the last one is the image.
  let stages: [Stage]
  /// The configuration of the image.
  let config: ImageConfig
  /// Variables of `RUN` steps.
  let secrets: [String: String]
  /// What the image's users are to be told.
  let warnings: [String]

  /// A stage: a disk to begin with, and steps.
  struct Stage: Sendable {
    /// What is shown for it, as `FROM python:3.11`.
    let text: String
    /// Its number among all steps, from 1.
    let number: Int
    let base: Base
    /// The key of the disk that it begins with.
    let baseKey: String
    let steps: [Step]

    /// The key of its disk.
    var diskKey: String { steps.last?.diskKey ?? baseKey }
  }

  /// What a stage begins with.
  enum Base: Sendable {
    /// Layers that are there.
    case layers([String])
    /// An image that may have to be fetched.
    case resolved(ResolvedBase)
    /// The disk of the stage at this place of the list.
    case stage(Int)

    /// Whether its layers are known at once.
    fileprivate var isAtHand: Bool {
      switch self {
      case .layers: true
      case .resolved(let base): if case .disk = base.source { true } else { false }
      case .stage: false
      }
    }
  }

  /// A step and what it leads to.
  struct Step: Sendable {
    let step: BuildStep
    /// What its disk depends on besides the one before; nil where it changes no disk.
    let inputs: StepInputs?
    /// The key of the disk after it.
    let diskKey: String
    /// Its number among all steps, from 1.
    let number: Int
    /// Where a `COPY` or `ADD` takes its files from.
    let files: Files?

    /// Whether a machine is needed for it.
    var isExecuted: Bool {
      switch step.action {
      case .run, .copy: true
      case .configure, .makeDirectory: false
      }
    }
  }

  /// Where a copy's files are.
  enum Files: Sendable {
    /// Files that clients have sent.
    case tree(FileTree)
    /// A disk.
    case base(Base)
    /// What an address has, under this name.
    case download(Download)
  }

  /// How many steps there are, each `FROM` among them.
  var count: Int { stages.reduce(0) { $0 + 1 + $1.steps.count } }

  /// Whether nothing has to be executed or fetched.
  var isConfigurationOnly: Bool {
    guard let stage = stages.last, stages.count == 1, stage.base.isAtHand else { return false }
    return !stage.steps.contains(where: \.isExecuted)
  }

  /// As `Step 2/5 : RUN true`.
  func heading(of step: Step) -> String { "Step \(step.number)/\(count) : \(step.step.text)" }

  /// As `Step 1/5 : FROM python:3.11`.
  func heading(of stage: Stage) -> String { "Step \(stage.number)/\(count) : \(stage.text)" }
}

/// How a build uses the disks of earlier ones.
enum CacheUse: Sendable {
  /// Takes what is there and leaves its own.
  case normal
  /// Takes nothing and replaces what is there.
  case replace
  /// Takes nothing and leaves nothing.
  case none
}
