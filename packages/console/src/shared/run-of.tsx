import { Text } from "@mantine/core";
import { Go } from "./links.tsx";

interface Shown {
  project: string;
  stack: string;
  updateID: string;
  /** A pull request or a branch, if it is known. */
  source: string;
}

/** The run that showed a violation last. Its page is found by its id, whether it was a preview or an update. */
export function RunOf({ org, prediction: { project, stack, updateID, source } }: { org: string; prediction: Shown }) {
  return (
    <>
      <Go
        to="/$org/$project/$stack/previews/$updateId"
        params={{ org, project, stack, updateId: updateID }}
        style={{ whiteSpace: "nowrap" }}
      >
        The run
      </Go>
      {source && (
        <Text size="xs" c="dimmed" className="text">
          {source}
        </Text>
      )}
    </>
  );
}
