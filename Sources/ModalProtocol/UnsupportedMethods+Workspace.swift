extension UnsupportedMethods {
  /// What administers workspaces, people and money.
  static let workspace = [
    Family(
      "An environment here is a name space: it has no members, roles, budgets or bills.",
      """
      EnvironmentBillingSummary EnvironmentGetBudget EnvironmentGetManaged EnvironmentGetRoles
      EnvironmentRoleSet EnvironmentSetBudget EnvironmentSetDefaultMemberRole
      EnvironmentSetManaged UserGroupEnvironmentSet
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
      WorkspaceSetDefaultEnvironment WorkspaceSetDefaultEnvironmentSettings
      WorkspaceSetImageBuilderVersion WorkspaceSettings
      """),
    Family(
      "It only adds suggestions and figures; everything else works without it.",
      """
      CliCommandSuggest MetricsGetInfo ObjectSuggest TemplateList
      """),
  ]
}
