import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "../../api.ts";
import { exportCsv, exportReport, isReportable } from "./queries.ts";
import type { FindingFilter } from "./search.ts";

const reports = [
  { format: "sarif", label: "SARIF", extension: "sarif" },
  { format: "json", label: "JSON", extension: "json" },
  { format: "junit", label: "JUnit", extension: "xml" },
  { format: "markdown", label: "Markdown", extension: "md" },
] as const;

/** Downloads all findings that the filters match. */
export function Export({ org, filter }: { org: string; filter: FindingFilter }) {
  const download = useMutation({
    mutationFn: async ({ read, extension }: { read: () => Promise<ReadableStream>; extension: string }) =>
      save(await new Response(await read()).blob(), `${org}-findings.${extension}`),
    onError: (error) => notifications.show({ color: "red", title: "Nothing was exported", message: messageOf(error) }),
  });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} loading={download.isPending}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All that match the filters</Menu.Label>
        <Menu.Item onClick={() => download.mutate({ read: () => exportCsv(org, filter), extension: "csv" })}>
          CSV
        </Menu.Item>
        <Menu.Label>
          {isReportable(filter)
            ? "A report of what is deployed"
            : "Take away ended, new, overdue or the resource for a report"}
        </Menu.Label>
        {reports.map(({ format, label, extension }) => (
          <Menu.Item
            key={format}
            disabled={!isReportable(filter)}
            onClick={() => download.mutate({ read: () => exportReport(org, filter, format), extension })}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function save(content: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
