import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { useFormat } from "@/shared/hooks/useFormat";
import styles from "./profile.module.css";

const PARTS = [1, 2, 3, 0] as const;

/** 渠道习惯: through which door the customer comes, and when. */
export function Habits({ rows, day }: { rows: Schemas["HabitOut"][]; day: string }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const of = (channel: string, part: number) => {
    const found = rows.find((row) => row.channel === channel && row.part === part);
    return found ? found.visits + found.txns : 0;
  };
  const total = (channel: string) => PARTS.reduce<number>((all, part) => all + of(channel, part), 0);
  const channels = [...new Set(rows.map(({ channel }) => channel))].sort((a, b) => total(b) - total(a));
  const most = Math.max(1, ...rows.map(({ visits, txns }) => visits + txns));
  const last = (channel: string) =>
    rows.reduce(
      (newest, row) => (row.channel === channel && row.last_on > newest ? row.last_on : newest),
      "",
    );
  return (
    <Panel
      title={
        <Explain title={t("section.habits")} text={t("habitHow")} asOf={day}>
          {t("section.habits")}
        </Explain>
      }
    >
      {channels.length === 0 ? (
        <p className={styles.quiet}>{t("habitEmpty")}</p>
      ) : (
        <table className={styles.habits}>
          <thead>
            <tr>
              <th scope="col">{t("habitChannel")}</th>
              {PARTS.map((part) => (
                <th key={part} scope="col">
                  {t(`part.${part}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {channels.map((channel) => (
              <tr key={channel}>
                <th scope="row">
                  {t(`txnChannel.${channel}`, { defaultValue: channel })}
                  <small>{format.shortDate(last(channel), day)}</small>
                </th>
                {PARTS.map((part) => {
                  const count = of(channel, part);
                  return (
                    <td
                      key={part}
                      style={{ "--share": `${Math.round((count / most) * 60)}%` } as React.CSSProperties}
                    >
                      {count || <span className={styles.quiet}>·</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
