/** github/codeql-action/init and analyze: CodeQL's programs come from GitHub alone; Semgrep looks through the source here. */
import { input, say } from "./runner.mjs";

const languages = input("languages");
say("CodeQL did not look here" + (languages && `: ${languages}`));
