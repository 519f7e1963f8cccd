import ArgumentParser

/// The command `sandlot`.
@main
struct Sandlot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "VM sandboxes on your own machine, driven by the modal SDK you already have.",
    discussion: """
      Start with:

        sandlot up --detach      prepare what is missing and start a server
        eval "$(sandlot env)"    set MODAL_SERVER_URL and the two tokens
        python examples/vm_sandbox.py

      Every option of 'sandlot up' can also be set in a YAML file (--config; names with '_' for '-') \
      and in the environment (SANDLOT_ and the name in capitals). An option wins over the \
      environment, and the environment over the file.
      """,
    version: "0.1.0",
    subcommands: [
      Up.self, Down.self, Status.self, PrintEnvironment.self, ListSandboxes.self, Top.self,
      Execute.self, OpenShell.self, ShowLog.self, StopSandboxes.self, ShowCreateTrace.self,
      ImageCommand.self, Doctor.self,
    ])
}
