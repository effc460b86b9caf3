import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "../../api.ts";
import { exportFindings } from "./queries.ts";
import type { FindingFilter } from "./search.ts";

/** Downloads all findings that the filters match, in their order. */
export function Export({ org, filter }: { org: string; filter: FindingFilter }) {
  const download = useMutation({
    mutationFn: () => exportFindings(org, filter),
    onSuccess: (csv) => save(csv, `${org}-findings.csv`),
    onError: (error) => notifications.show({ color: "red", title: "Nothing was exported", message: messageOf(error) }),
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      Export as CSV
    </Button>
  );
}

function save(content: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
