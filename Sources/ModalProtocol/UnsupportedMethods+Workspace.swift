extension UnsupportedMethods {
  /// What administers workspaces, people and money.
  static let workspace = [
    Family(
      "Environments are not managed through the SDK: leave the environment unset to use the "
        + "default one.",
      """
      EnvironmentBillingSummary EnvironmentCreate EnvironmentDelete EnvironmentGetBudget
      EnvironmentGetManaged EnvironmentGetRoles EnvironmentList EnvironmentRoleSet
      EnvironmentSetBudget EnvironmentSetDefaultMemberRole EnvironmentSetManaged EnvironmentUpdate
      UserGroupEnvironmentSet
      """),
    Family(
      "A server has one token, which 'sandlot env' prints: set MODAL_TOKEN_ID and "
        + "MODAL_TOKEN_SECRET.",
      """
      ServiceUserCreate ServiceUserDelete ServiceUserInfo ServiceUserList TokenDelete TokenDisable
      TokenEnable TokenFlowCreate TokenFlowWait TokensList
      """),
    Family(
      "A server is one workspace without settings, members or bills.",
      """
      AuditLogCount AuditLogList AuditLogPlan AuditLogSettingsGet WorkspaceBillingRates
      WorkspaceBillingReport WorkspaceBillingSummary WorkspaceDashboardUrlGet WorkspaceMembersList
      WorkspaceNameLookup WorkspaceSetDefaultEnvironment WorkspaceSetDefaultEnvironmentSettings
      WorkspaceSetImageBuilderVersion WorkspaceSettings
      """),
    Family(
      "It only adds suggestions and figures; everything else works without it.",
      """
      CliCommandSuggest MetricsGetInfo ObjectSuggest TemplateList
      """),
  ]
}
