/** github/codeql-action/init and analyze: CodeQL's programs come from GitHub alone; Semgrep looks through the source here. */
import { input, say } from "./runner.mjs";

say(`CodeQL did not look here${input("languages") ? `: ${input("languages")}` : ""}`);
