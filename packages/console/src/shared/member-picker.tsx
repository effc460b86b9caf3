import { Group, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { clearButton } from "./clear-button.ts";

/** In place of a login, which has no such sign. */
export const NOBODY = "/";
const nobody = { value: NOBODY, label: "nobody" };

/** In milliseconds. */
const TYPING = 200;

const foundQuery = (orgName: string, search: string) =>
  queryOptions({
    queryKey: ["members", orgName, "found", search],
    queryFn: () => api.call("GET /api/orgs/{orgName}/members", { params: { orgName }, query: { search } }),
    placeholderData: keepPreviousData,
  });

interface PickerProps {
  org: string;
  label: string;
  placeholder?: string;
  /** A login. */
  value: string | null;
  onChange: (login: string | null) => void;
  /** What the button that takes the choice away does. Without it there is none. */
  clearLabel?: string;
  /** Whether nobody can be chosen, too: `NOBODY`. */
  withNobody?: boolean;
}

/** Chooses a member of the organization. The server looks for them by login and name. */
export function MemberPicker({ org, value, clearLabel, withNobody = false, ...select }: PickerProps) {
  const [typed, setTyped] = useState("");
  const chosen = value === NOBODY ? nobody.label : value;
  const [search] = useDebouncedValue(typed === chosen ? "" : typed, TYPING);
  const query = useQuery(foundQuery(org, search));
  const found = query.data?.members.map(({ user }) => user) ?? [];
  const names = new Map(found.map(({ githubLogin, name }) => [githubLogin, name]));
  const logins = new Set([...names.keys(), ...(value && value !== NOBODY ? [value] : [])]);
  const data = [...logins].map((login) => ({ value: login, label: login }));
  return (
    <Select
      {...select}
      searchable
      clearable={clearLabel !== undefined}
      // Else one who chooses the same again has chosen nobody.
      allowDeselect={clearLabel !== undefined}
      data={withNobody ? [nobody, ...data] : data}
      // The server has filtered them.
      filter={({ options }) => options}
      value={value}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={query.isFetching ? "Loading" : "No member has this login or name"}
      {...(clearLabel !== undefined && { clearButtonProps: clearButton(clearLabel) })}
      renderOption={({ option }) => (
        <Group gap="xs" wrap="nowrap">
          <Text span size="sm" className="text">
            {option.label}
          </Text>
          <Text span size="xs" c="dimmed" className="text">
            {names.get(option.value) !== option.value && names.get(option.value)}
          </Text>
        </Group>
      )}
    />
  );
}
