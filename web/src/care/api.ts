import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { putBack, takeOff } from "./cache";
import type { Tab } from "./codes";

export type TaskOut = Schemas["TaskOut"];
export type ResultIn = Schemas["ResultIn"];

export interface WorkbenchFilter {
  status: Tab;
  type: string;
  tier: number | null;
  q: string;
  assignee: number | null;
  pool: boolean;
}

/** The ordered list, 50 at a time. */
export function useWorkbench(filter: WorkbenchFilter) {
  return useInfiniteQuery({
    queryKey: ["workbench", filter],
    queryFn: ({ pageParam: cursor, signal }) =>
      body(client.GET("/api/workbench", { params: { query: { ...filter, cursor } }, signal })),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** A customer's tasks, the open one first. */
export function useCustomerTasks(customerId: number) {
  return useQuery({
    queryKey: ["customer", customerId, "tasks"],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/tasks", {
          params: { path: { customer_id: customerId } },
          signal,
        }),
      ),
  });
}

/** What a contact changes: the lists, the customer's page, the branch's numbers. */
function refresh(queries: QueryClient, customerId: number) {
  void queries.invalidateQueries({ queryKey: ["workbench"] });
  void queries.invalidateQueries({ queryKey: ["customer", customerId] });
  void queries.invalidateQueries({ queryKey: ["branch"], refetchType: "none" });
}

/** Record what came of a task's contact; the task leaves the list at once and comes back if it failed. */
export function useRecord() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, result }: { task: TaskOut; result: ResultIn; closes: boolean }) =>
      body(
        client.POST("/api/tasks/{task_id}/result", { params: { path: { task_id: task.id } }, body: result }),
      ),
    onMutate: async ({ task, closes }) => {
      await queries.cancelQueries({ queryKey: ["workbench"] });
      return takeOff(queries, task, closes);
    },
    onError: (_error, _given, before) => before && putBack(queries, before),
    onSettled: (_answer, _error, { task }) => refresh(queries, task.customer.id),
  });
}

/** Record a contact that no task asked for. */
export function useRecordContact() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ customerId, result }: { customerId: number; result: ResultIn }) =>
      body(
        client.POST("/api/customers/{customer_id}/contacts", {
          params: { path: { customer_id: customerId } },
          body: result,
        }),
      ),
    onSettled: (_answer, _error, { customerId }) => refresh(queries, customerId),
  });
}

/** Take a slip back within ten minutes. */
export function useWithdraw() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ contactId }: { contactId: number; customerId: number }) =>
      body(
        client.POST("/api/contacts/{contact_id}/withdraw", { params: { path: { contact_id: contactId } } }),
      ),
    onSettled: (_answer, _error, { customerId }) => refresh(queries, customerId),
  });
}

/** Give a task to a member of the branch. */
export function useAssign() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, userId }: { task: TaskOut; userId: number }) =>
      body(
        client.POST("/api/tasks/{task_id}/assign", {
          params: { path: { task_id: task.id } },
          body: { user_id: userId },
        }),
      ),
    onSettled: (_answer, _error, { task }) => {
      refresh(queries, task.customer.id);
      void queries.invalidateQueries({ queryKey: ["branch"] }); // who has how many is on the page
    },
  });
}

/** An org's week; without `org` the viewer's own. */
export function useBranch(org: number | null, enabled = true) {
  return useQuery({
    queryKey: ["branch", org],
    queryFn: ({ signal }) => body(client.GET("/api/branch", { params: { query: { org } }, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });
}
