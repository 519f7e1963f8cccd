import Foundation
import OperatorProtocol

/// Images as `sandlot image` shows them.
package enum ImageTable {
  /// A title line, one line an image, and one about all of them.
  package static func lines(_ answer: Sandlot_Operator_ListImagesResponse) -> [String] {
    var table = TextTable([
      ("IMAGE", .left), ("STATE", .left), ("AGE", .right), ("USED", .right), ("LAYERS", .right),
      ("SIZE", .right), ("OWN", .right), ("USED BY", .left), ("LAST STEP", .left),
    ])
    let now = answer.time.timeIntervalSince1970
    for image in answer.images {
      table.add([
        image.id, image.state, Amounts.age(now - image.createdAt.timeIntervalSince1970),
        Amounts.age(now - image.lastUsedAt.timeIntervalSince1970), "\(image.layers)",
        size(image.bytes), size(image.ownBytes), users(image.uses), String(image.text.prefix(60)),
      ])
    }
    let count = answer.images.count
    return table.lines + [
      "\(count) \(count == 1 ? "image" : "images") and \(answer.cachedSteps) cached steps take "
        + "\(size(answer.totalBytes)) of \(size(answer.budgetBytes))"
    ]
  }

  /// What became of each step of an image's build, and why.
  package static func explanation(_ image: Sandlot_Operator_ImageDetails) -> [String] {
    var table = TextTable([
      ("STEP", .right), ("OUTCOME", .left), ("TIME", .right), ("INSTRUCTION", .left),
      ("WHY", .left),
    ])
    for step in image.steps {
      table.add([
        "\(step.number)", step.outcome,
        step.hasSeconds ? "\(Amounts.fixed(step.seconds, 1)) s" : "",
        String(step.text.prefix(60)), step.reason,
      ])
    }
    guard image.steps.isEmpty else { return table.lines }
    return ["\(image.summary.id) has no steps of its own: it is its base as it is."]
  }

  /// What a removal took away.
  package static func removal(_ removed: Sandlot_Operator_RemovedImages) -> String {
    "removed \(removed.images) \(removed.images == 1 ? "image" : "images"), "
      + "\(removed.cachedSteps) cached steps and \(removed.layers) layers: \(size(removed.bytes))"
  }

  private static func users(_ uses: [String]) -> String {
    switch uses.count {
    case 0: "-"
    case 1: uses[0]
    default: "\(uses[0]) and \(uses.count - 1) more"
    }
  }

  /// Bytes for people, as `12.3 MiB`.
  package static func size(_ bytes: Int64) -> String {
    let mebibytes = Double(bytes) / Double(1 << 20)
    return mebibytes < 1024
      ? "\(Amounts.fixed(mebibytes, 1)) MiB" : "\(Amounts.fixed(mebibytes / 1024, 1)) GiB"
  }
}
