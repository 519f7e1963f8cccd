extension UnsupportedMethods {
  /// What runs code without a sandbox, and what serves it to the web.
  static let functions = [
    Family(
      "Sandlot runs sandboxes, not functions: start one with modal.Sandbox.create and run the code "
        + "in it with exec.",
      """
      AttemptAwait AttemptRetry AttemptStart ClassCreate ClassGet FunctionAsyncInvoke
      FunctionBindParams FunctionBlobGet FunctionCallCancel FunctionCallCount FunctionCallFetch
      FunctionCallFromId FunctionCallGetDataIn FunctionCallGetDataOut FunctionCallGetInfo
      FunctionCallList FunctionCallPutDataOut FunctionCreate FunctionFinishInputs FunctionGet
      FunctionGetById FunctionGetCallGraph FunctionGetCurrentStats FunctionGetDynamicConcurrency
      FunctionGetFlashAuthToken FunctionGetInputs FunctionGetMetrics FunctionGetOutputs
      FunctionGetSchedulingParams FunctionGetSerialized FunctionGetTimeRangeStats
      FunctionListVariants FunctionMap FunctionPrecreate FunctionPutInputs FunctionPutOutputs
      FunctionRetryInputs FunctionStartPtyShell FunctionUpdateSchedulingParams MapAwait
      MapCheckInputs MapStartOrContinue
      """),
    Family(
      "Only code in the container of a function calls it, and Sandlot runs sandboxes only.",
      """
      ContainerCheckpoint ContainerHeartbeat ContainerHello ContainerLog
      ContainerServerLifecycleReady TaskClusterHello TaskCurrentInputs TaskResult
      """),
    Family(
      "Sandlot does not deploy apps: get one with modal.App.lookup(name, create_if_missing=True) "
        + "and start sandboxes in it.",
      """
      AppDeploy AppDeploymentHistory AppPromote AppRollback AppRollover AppSetObjects
      """),
    Family(
      "An app here is a name, a state and its sandboxes: see 'modal app list' and "
        + "modal.Sandbox.list(app_id=…).",
      """
      AppGetInfo AppGetLayout AppGetObjects AppGetTags AppGetTimeRangeStats AppLookup AppSetTags
      """),
    Family(
      "Sandlot has no web endpoints: run a server inside a sandbox.",
      """
      CurlGetAuthToken DomainCertificateVerify DomainCreate DomainList EndpointCreate
      EndpointGetByName EndpointGetInfo EndpointGetLibrary EndpointGetLifecycle EndpointList
      EndpointStop FlashContainerDeregister FlashContainerList FlashContainerRegister
      FlashSetTargetSlotsMetrics ServerCountRequests ServerGetMetrics ServerGetTimeRangeStats
      ServerRequestFetch WebhookTokenCreate WebhookTokenDelete WebhookTokenEnvironmentAdd
      WebhookTokenEnvironmentList WebhookTokenEnvironmentRemove WebhookTokenList
      WebhookTokenListForEnvironment WebhookTokenUpdate
      """),
    Family(
      "Sandlot has no clusters: start several sandboxes.",
      """
      ClusterGet ClusterList ClusterReservationList
      """),
  ]
}
