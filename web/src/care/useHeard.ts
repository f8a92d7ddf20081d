import { useQuery } from "@tanstack/react-query";
import { body, client } from "@/app/client";
import { useSettled } from "@/shared/hooks/useSettled";

const SHORTEST = 4;

/** What a note is about, a moment after the last key: perhaps it is a complaint. Null while no model of texts is in use. */
export function useHeard(note: string) {
  const said = useSettled(note.trim(), 400);
  const { data } = useQuery({
    queryKey: ["heard", said],
    enabled: said.length >= SHORTEST,
    staleTime: Infinity,
    queryFn: ({ signal }) => body(client.POST("/api/scoring/texts/read", { body: { text: said }, signal })),
  });
  return said.length >= SHORTEST && said === note.trim() ? data : null;
}
