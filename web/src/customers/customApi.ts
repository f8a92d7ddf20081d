import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client, type Schemas } from "@/app/client";
import { useChange } from "./api";

export type CustomField = Schemas["CustomFieldOut"];
export type CustomFieldIn = Schemas["CustomFieldIn"];
export type CustomKind = CustomField["kind"];
export type CustomValue = Schemas["CustomValueOut"];

export const CUSTOM_KINDS: CustomKind[] = ["TEXT", "NUMBER", "DATE", "YES_NO", "CHOICE", "CHOICES"];
/** What shows fields or asks for them: the list, customers' pages, the builder of segments. */
const STALE = ["custom-fields", "customer", "segments"];

const at = (code: string) => ({ path: { field_code: code } });
const of = (id: number, code: string) => ({ path: { customer_id: id, field_code: code } });

export function useCustomFields() {
  return useQuery({
    queryKey: ["custom-fields"],
    queryFn: ({ signal }) => body(client.GET("/api/custom-fields", { signal })),
  });
}

/** The fields that customers' pages show, by which the list may be narrowed. */
export function useShownFields() {
  return useQuery({
    queryKey: ["custom-fields", "shown"],
    queryFn: ({ signal }) => body(client.GET("/api/custom-fields/shown", { signal })),
  });
}

/** Where a field is used; asked when somebody means to retire it. */
export function useCustomFieldUse(code: string) {
  return useQuery({
    queryKey: ["custom-field-use", code],
    queryFn: ({ signal }) =>
      body(client.GET("/api/custom-fields/{field_code}/use", { params: at(code), signal })),
    staleTime: 0,
  });
}

/** Define a field, or change one (`code`). */
export const useKeepCustomField = () =>
  useChange(
    async ({ known, ...told }: CustomFieldIn & { known: string | undefined }) =>
      known === undefined
        ? void (await body(client.POST("/api/custom-fields", { body: told })))
        : void (await body(client.PUT("/api/custom-fields/{field_code}", { params: at(known), body: told }))),
    STALE,
  );

export const useRetireCustomField = () =>
  useChange(
    (code: string) => body(client.POST("/api/custom-fields/{field_code}/retire", { params: at(code) })),
    STALE,
  );

export const useRestoreCustomField = () =>
  useChange(
    (code: string) => body(client.POST("/api/custom-fields/{field_code}/restore", { params: at(code) })),
    STALE,
  );

/** What the bank's own fields say of a customer. */
export function useCustomValues(id: number) {
  return useQuery({
    queryKey: ["customer", id, "custom"],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/custom-fields", {
          params: { path: { customer_id: id } },
          signal,
        }),
      ),
  });
}

/** What a field said of a customer before. */
export function usePastValues(id: number, code: string) {
  return useQuery({
    queryKey: ["customer", id, "custom", code],
    queryFn: ({ signal }) =>
      body(
        client.GET("/api/customers/{customer_id}/custom-fields/{field_code}/past", {
          params: of(id, code),
          signal,
        }),
      ),
  });
}

/** Write down what a field says of a customer; null: it is not known any more. */
export function useFillCustomField(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ code, value }: { code: string; value: unknown }) =>
      body(
        client.PUT("/api/customers/{customer_id}/custom-fields/{field_code}", {
          params: of(id, code),
          body: { value },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["customer", id, "custom"] }),
  });
}
