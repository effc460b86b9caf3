import { Go } from "../../../shared/links.tsx";
import { nameOfRun, type Run } from "../../../shared/runs.tsx";
import { useStackName } from "../queries.ts";

/** A link to a run of the stack in the path. */
export function RunLink({ run }: { run: Run }) {
  const { orgName: org, projectName: project, stackName: stack } = useStackName();
  const name = nameOfRun(run);
  return run.dryRun || run.kind === "preview" ? (
    <Go
      display="inline-block"
      to="/$org/$project/$stack/previews/$updateId"
      params={{ org, project, stack, updateId: run.updateID }}
    >
      {name}
    </Go>
  ) : (
    <Go
      display="inline-block"
      to="/$org/$project/$stack/updates/$version"
      params={{ org, project, stack, version: String(run.version) }}
    >
      {name}
    </Go>
  );
}
