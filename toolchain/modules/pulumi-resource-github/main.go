// The GitHub provider for Pulumi: the Terraform provider behind Pulumi's bridge, with the names of pulumi-github's SDKs.
package main

import (
	"github.com/integrations/terraform-provider-github/v6/github"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

var version string

func main() {
	info := tfbridge.ProviderInfo{
		P:       shim.NewProvider(github.NewProvider(version, "")()),
		Name:    "github",
		Version: version,
		Resources: map[string]*tfbridge.ResourceInfo{
			"github_actions_environment_secret":    {DeleteBeforeReplace: true},
			"github_repository_autolink_reference": {DeleteBeforeReplace: true},
			"github_repository_deploy_key":         {DeleteBeforeReplace: true},
			// The SDKs have a list here, although there is one at most.
			"github_repository_environment": {Fields: map[string]*tfbridge.SchemaInfo{"reviewers": {MaxItemsOne: tfbridge.False()}}},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"github_app": {Tok: "github:index/getGithubApp:getGithubApp"},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("github_", "index", tokens.MakeStandard("github")))
	tfbridge.Main("github", version, info, []byte("{}"))
}
