/** The end of a job that has checked out: its runner is free. */
import { giveRunnerBack } from "./runner.mjs";

giveRunnerBack();
