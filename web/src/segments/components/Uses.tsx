import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUses } from "../storeApi";
import styles from "./segment.module.css";

/** Where what uses a segment stands; other segments in the library. */
const PLACES: Record<string, string> = {
  campaign: "/campaigns/",
  experiment: "/effect/",
  journey: "/journeys/",
  mission: "/points?mission=",
  own_event: "/own-events?event=",
};

/** 引用: what uses a segment; it stays open as long. */
export function Uses({ code }: { code: string }) {
  const { t } = useTranslation("segments");
  const uses = useUses(code);
  return (
    <Panel title={t("one.uses")}>
      {uses.data?.length === 0 && <p className={styles.quiet}>{t("one.unused")}</p>}
      {uses.error && <ProblemView error={uses.error} />}
      <ul className={styles.legend}>
        {(uses.data ?? []).map(({ code: other, name, kind }, n) => (
          <li key={`${kind}${other}${n}`}>
            {other ? (
              <Link to={`${PLACES[kind] ?? "/segments/"}${other}`}>{name}</Link>
            ) : (
              name || t("one.hiddenUse")
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
