import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";

export type SegmentRow = Schemas["SegmentRow"];
export type Segment = Schemas["SegmentOut"];
export type SegmentIn = Schemas["SegmentIn"];
export type SegmentTexts = Schemas["SegmentTexts"];
export type Version = Schemas["VersionOut"];
export type Member = Schemas["SegmentMember"];
export type Deed = Segment["may"][number];
export type Overlap = Schemas["SegmentOverlap"];
export type Flow = Schemas["SegmentFlow"];

export const KINDS = ["DYNAMIC", "STATIC", "LIST"] as const;
export const SCHEDULES = ["NIGHTLY", "WEEKLY", "MONTHLY", "BY_HAND"] as const;
export const SCOPES = ["BANK", "ORG", "MINE"] as const;
export const STATUSES = ["DRAFT", "IN_USE", "CLOSED"] as const;
export const VERSION_STATUSES = ["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"] as const;
export const UNMATCHED = ["empty", "not_found", "several", "rounded", "twice"] as const;
export const CHANGES = ["added", "removed", "changed", "joined"] as const;

/** Everything that is kept of segments is asked under this key, so that one change makes all of it stale. */
const STORE = ["segments", "store"];

interface Wanted {
  q?: string;
  kind?: SegmentRow["kind"];
  scope?: SegmentRow["scope"];
  status?: SegmentRow["status"];
  waiting?: boolean;
  mine?: boolean;
}

/** 客群库. */
export function useLibrary(query: Wanted = {}) {
  return useQuery({
    queryKey: [...STORE, "library", query],
    queryFn: ({ signal }) => body(client.GET("/api/segments", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useSegment(code: string) {
  return useQuery({
    queryKey: [...STORE, code],
    queryFn: ({ signal }) => body(client.GET("/api/segments/{code}", { params: { path: { code } }, signal })),
    enabled: code !== "",
  });
}

export function useVersions(code: string) {
  return useQuery({
    queryKey: [...STORE, code, "versions"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/segments/{code}/versions", { params: { path: { code } }, signal })),
  });
}

export function useDiff(code: string, before: number, after: number) {
  return useQuery({
    queryKey: [...STORE, code, "diff", before, after],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/segments/{code}/diff", {
          params: { path: { code }, query: { before, after } },
          signal,
        }),
      ),
  });
}

export function useUses(code: string) {
  return useQuery({
    queryKey: [...STORE, code, "uses"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/segments/{code}/uses", { params: { path: { code } }, signal })),
  });
}

export function useSizes(code: string) {
  return useQuery({
    queryKey: [...STORE, code, "sizes"],
    queryFn: ({ signal }) =>
      body(client.GET("/api/segments/{code}/sizes", { params: { path: { code } }, signal })),
  });
}

/** A page of members; each look is accounted for. */
export function useMembers(code: string, page: number, sort: string) {
  return useQuery({
    queryKey: [...STORE, code, "members", page, sort],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/segments/{code}/members", {
          params: { path: { code }, query: { page, sort } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useReport(code: string, number: number, open: boolean) {
  return useQuery({
    queryKey: [...STORE, code, "report", number],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/segments/{code}/versions/{number}/report", {
          params: { path: { code, number } },
          signal,
        }),
      ),
    enabled: open,
  });
}

export function useOverlap(codes: string[]) {
  return useQuery({
    queryKey: [...STORE, "overlap", codes],
    queryFn: ({ signal }) =>
      body(client.GET("/api/segments/overlap", { params: { query: { code: codes } }, signal })),
    enabled: codes.length >= 2,
  });
}

export function useFlow(codes: string[], since: string) {
  return useQuery({
    queryKey: [...STORE, "flow", codes, since],
    queryFn: ({ signal }) =>
      body(client.GET("/api/segments/flow", { params: { query: { code: codes, since } }, signal })),
    enabled: codes.length >= 1 && since !== "",
    retry: false,
  });
}

/** A change that makes all that is kept of segments stale. */
export function useChange<In, Out>(change: (input: In) => Promise<Out>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: STORE }),
  });
}

export const useMake = () =>
  useChange((made: SegmentIn) => body(client.POST("/api/segments", { body: made })));

export const useCopy = (code: string) =>
  useChange((made: SegmentIn) =>
    body(client.POST("/api/segments/{code}/copy", { params: { path: { code } }, body: made })),
  );

export const useDescribe = (code: string) =>
  useChange((texts: SegmentTexts) =>
    body(client.PUT("/api/segments/{code}", { params: { path: { code } }, body: texts })),
  );

export const useSchedule = (code: string) =>
  useChange((schedule: Segment["schedule"]) =>
    body(client.PUT("/api/segments/{code}/schedule", { params: { path: { code } }, body: { schedule } })),
  );

export const useSaveVersion = (code: string) =>
  useChange((input: Schemas["VersionIn"]) =>
    body(client.POST("/api/segments/{code}/versions", { params: { path: { code } }, body: input })),
  );

export const useClose = (code: string) =>
  useChange(() => body(client.POST("/api/segments/{code}/close", { params: { path: { code } } })));

export const useReopen = (code: string) =>
  useChange(() => body(client.POST("/api/segments/{code}/reopen", { params: { path: { code } } })));

export const useRefresh = (code: string) =>
  useChange(() => body(client.POST("/api/segments/{code}/refresh", { params: { path: { code } } })));

export const useOutreach = (code: string) =>
  useChange((allowed: boolean) =>
    body(client.POST("/api/segments/{code}/outreach", { params: { path: { code } }, body: { allowed } })),
  );

export const useApprove = (code: string) =>
  useChange(({ number, outreach }: { number: number; outreach: boolean }) =>
    body(
      client.POST("/api/segments/{code}/versions/{number}/approve", {
        params: { path: { code, number } },
        body: { outreach },
      }),
    ),
  );

export const useRefuse = (code: string) =>
  useChange(({ number, reason }: { number: number; reason: string }) =>
    body(
      client.POST("/api/segments/{code}/versions/{number}/refuse", {
        params: { path: { code, number } },
        body: { reason },
      }),
    ),
  );

export const useWithdraw = (code: string) =>
  useChange((number: number) =>
    body(
      client.POST("/api/segments/{code}/versions/{number}/withdraw", { params: { path: { code, number } } }),
    ),
  );

export const useRestore = (code: string) =>
  useChange(({ number, based_on }: { number: number; based_on: number }) =>
    body(
      client.POST("/api/segments/{code}/versions/{number}/restore", {
        params: { path: { code, number } },
        body: { based_on },
      }),
    ),
  );

export interface ListFile {
  code: string;
  file: File;
  based_on: number;
  column: string;
  by: Schemas["UploadReport"]["by"] | null;
}

/** 上传名单. */
export const useUpload = () =>
  useChange(({ code, file, based_on, column, by }: ListFile) => {
    const form = new FormData();
    form.append("file", file);
    form.append("based_on", String(based_on));
    if (column) form.append("column", column);
    if (by) form.append("by", by);
    return body(
      client.POST("/api/segments/{code}/upload", {
        params: { path: { code } },
        body: form as never, // the API's description knows a file as text
        bodySerializer: (sent: unknown) => sent as FormData,
      }),
    );
  });
