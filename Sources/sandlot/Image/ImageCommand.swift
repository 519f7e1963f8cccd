import ArgumentParser

/// `sandlot image`.
struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "What the server knows of images: list, explain and remove them.",
    discussion: """
      Images are built by clients (modal.Image). These commands show what there is, say which steps of \
      a build came from the cache and why others did not, and make room.
      """,
    subcommands: [
      ListImages.self, InspectImage.self, ExplainImage.self, RemoveImages.self, PruneImages.self,
      ImportPython.self,
    ])
}
