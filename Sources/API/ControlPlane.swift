import Apps
import Edge
import Errors
import GRPCCore
import Images
import Logging
import ModalProtocol
import Mounts
import Sandboxes
import Secrets
import Tokens

/// The SDK's control plane: apps, images, secrets, the life of sandboxes.
///
/// It translates between messages and use-cases and decides nothing; a family of RPCs stands in
/// each `ControlPlane+….swift`.
public struct ControlPlane: Modal_Client_ModalClient.SimpleServiceProtocol {
  let apps: AppRegistry
  let images: ImageService
  let sandboxes: Sandboxes
  let secrets: Secrets
  let imageNames: ImageNames
  let mounts: Mounts
  let uploads: Uploads
  let tokens: AccessTokens
  let tokenID: String
  let routerAddress: RouterAddress
  let uploadAddress: UploadAddress

  /// A control plane over the use-cases.
  public init(
    apps: AppRegistry, images: ImageService, sandboxes: Sandboxes, secrets: Secrets,
    imageNames: ImageNames, mounts: Mounts, uploads: Uploads, tokens: AccessTokens, tokenID: String,
    routerAddress: RouterAddress, uploadAddress: UploadAddress
  ) {
    self.apps = apps
    self.images = images
    self.sandboxes = sandboxes
    self.secrets = secrets
    self.imageNames = imageNames
    self.mounts = mounts
    self.uploads = uploads
    self.tokens = tokens
    self.tokenID = tokenID
    self.routerAddress = routerAddress
    self.uploadAddress = uploadAddress
  }
}
