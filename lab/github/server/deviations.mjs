/** Where github.com takes or gives what its own description does not say. Each entry says how that is known. */
const DEVIATIONS = [
  {
    why: "go-github and the Terraform provider send can_admins_bypass, and github.com keeps it",
    amend: ({ paths }) => {
      const operation = paths["/repos/{owner}/{repo}/environments/{environment_name}"].put;
      operation.requestBody.content["application/json"].schema.properties.can_admins_bypass = { type: "boolean", nullable: true };
    },
  },
  {
    why: "go-github sends required checks as checks or as contexts (deprecated), never both; github.com takes either",
    amend: ({ paths }) => {
      const operation = paths["/repos/{owner}/{repo}/branches/{branch}/protection"].put;
      const { required_status_checks: checks } = operation.requestBody.content["application/json"].schema.properties;
      checks.required = checks.required.filter((name) => name !== "contexts");
    },
  },
  {
    why: "organizations of an enterprise have internal repositories, as GitHub's descriptions for enterprises say",
    amend: ({ paths }) => {
      for (const operation of [paths["/orgs/{org}/repos"].post, paths["/repos/{owner}/{repo}"].patch]) {
        operation.requestBody.content["application/json"].schema.properties.visibility.enum = ["public", "private", "internal"];
      }
    },
  },
  {
    why: "created of a list of runs takes a range, A..B, as GitHub's words on the search syntax say",
    amend: ({ components }) => {
      delete components.parameters.created.schema.format;
    },
  },
];

export function amend(document) {
  for (const deviation of DEVIATIONS) deviation.amend(document);
}
