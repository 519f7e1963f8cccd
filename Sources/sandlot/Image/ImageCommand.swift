import ArgumentParser

/// `sandlot image`.
struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Images: list, explain and remove them, and bring in what they are built on.",
    discussion: """
      Images are built by clients (modal.Image). These commands show what there is, say which steps of \
      a build came from the cache and why others did not, make room, and bring in what FROM can name: \
      from a registry, from a file, or made of Debian packages.
      """,
    subcommands: [
      PullImage.self, ImportImage.self, BootstrapImage.self, AliasImage.self, ListBases.self,
      ListImages.self, InspectImage.self, ExplainImage.self, RemoveImages.self, PruneImages.self,
      ImportPython.self,
    ])
}
