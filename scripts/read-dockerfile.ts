import { readFileSync } from "node:fs";
import { join } from "node:path";

import { DockerfileParser, From, ModifiableInstruction } from "dockerfile-ast";
import { z } from "zod";

/** One instruction; `words` are its arguments without flags, those of the JSON form unquoted. */
export interface Instruction {
  readonly keyword: string;
  readonly flags: Readonly<Record<string, string | null>>;
  readonly words: readonly string[];
  /** What stands behind the flags. */
  readonly text: string;
}

/** What stands between two `FROM`s. */
export interface Stage {
  /** An image, or the name of an earlier stage. */
  readonly from: string;
  readonly name: string | null;
  /** On which platform it runs; null is the image's own. */
  readonly platform: string | null;
  readonly instructions: readonly Instruction[];
}

/** The Dockerfile of `folder`, stage by stage. */
export function readDockerfile(folder: string): readonly Stage[] {
  const parsed = DockerfileParser.parse(readFileSync(join(folder, "Dockerfile"), "utf8"));
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of parsed.getInstructions()) {
    const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
    const values = Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue()]));
    if (instruction instanceof From) {
      stages.push({
        from: instruction.getImage() ?? "",
        name: instruction.getBuildStage(),
        platform: values["platform"] ?? null,
        instructions: [],
      });
      continue;
    }
    const text = (instruction.getArgumentsContent() ?? "").replace(/^(?:--\S+\s+)+/, "");
    const words = text.startsWith("[") ? z.array(z.string()).parse(JSON.parse(text)) : text.split(/\s+/);
    stages.at(-1)?.instructions.push({
      keyword: instruction.getKeyword(),
      flags: values,
      words,
      text,
    });
  }
  return stages;
}
