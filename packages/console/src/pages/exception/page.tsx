import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { ExceptionMatch } from "../../shared/exception-match.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { Facts } from "./facts.tsx";
import { exceptionQuery } from "./queries.ts";

const route = getRouteApi("/signed-in/$org/insights/exceptions/$id");

export function ExceptionPage() {
  const { org, id } = route.useParams();
  const { isPolicyManager } = useOrganization();
  const query = useQuery(exceptionQuery(org, id));
  return (
    <Page
      title={id}
      above={
        <Go to="/$org/insights/exceptions" params={{ org }} size="sm">
          Exceptions
        </Go>
      }
      actions={isPolicyManager && query.data?.status === "active" && <Remove org={org} id={id} />}
    >
      <Loaded query={query}>
        {(exception) => (
          <Stack>
            <Text className="text">{exception.reason}</Text>
            <Facts org={org} exception={exception} />
            <Title order={2}>What it lets through</Title>
            <ExceptionMatch match={exception.match} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Remove({ org, id }: { org: string; id: string }) {
  const params = { orgName: org, exceptionId: id };
  const remove = useChange(() => api.call("DELETE /api/orgs/{orgName}/policy/exceptions/{exceptionId}", { params }));
  return (
    <Confirm label="Remove" title="Remove the exception" mutation={remove}>
      <Text size="sm">
        Its violations count again at once, and mandatory ones stop the next update of their stacks. Updates that run
        already are not stopped.
      </Text>
    </Confirm>
  );
}
