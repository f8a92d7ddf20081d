import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  BellOutlined,
  BranchesOutlined,
  CheckSquareOutlined,
  CoffeeOutlined,
  EditOutlined,
  GiftOutlined,
  HomeOutlined,
  MessageOutlined,
  MoneyCollectOutlined,
  PhoneOutlined,
  ShareAltOutlined,
  ShopOutlined,
  SyncOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import { Button, Skeleton, Tag } from "antd";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/app/client";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { today } from "@/shared/format/dates";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useWhy } from "@/outreach/useWhy";
import { useLive, useTimeline, type TimelineKind } from "../profileApi";
import styles from "./profile.module.css";

type Entry = Schemas["TimelineEntry"];
const ICONS: Record<string, ComponentType> = {
  CONTACT: PhoneOutlined,
  MESSAGE: MessageOutlined,
  VISIT: ShopOutlined,
  MONEY: MoneyCollectOutlined,
  EVENT: BellOutlined,
  TASK: CheckSquareOutlined,
  TIER: ArrowUpOutlined,
  STAGE: SyncOutlined,
  PROFILE: EditOutlined,
  OWNER: UserSwitchOutlined,
  RELATION: ShareAltOutlined,
  OPENED: HomeOutlined,
  JOURNEY: BranchesOutlined,
  SALON: CoffeeOutlined,
  POINTS: GiftOutlined,
};
const GROUPS: Record<string, TimelineKind[]> = {
  CONTACT: ["CONTACT", "MESSAGE", "VISIT"],
  MONEY: ["MONEY"],
  EVENT: ["EVENT", "JOURNEY", "SALON", "POINTS"],
  TASK: ["TASK"],
  CHANGE: ["TIER", "STAGE", "PROFILE", "OWNER", "RELATION", "OPENED"],
};
/** Kinds whose minute is known; of the others only the day. */
const TIMED = new Set(["CONTACT", "MESSAGE", "VISIT", "JOURNEY", "SALON", "POINTS"]);
const DEFAULTS = { show: "" };

/** An entry in the reader's words: what happened, and what there is to say of it. */
function useWords() {
  const { t } = useTranslation(["customers", "care", "outreach", "shared"]);
  const why = useWhy();
  const format = useFormat();
  const value = (field: string, text: string): string => {
    if (field === "status") return t(`status.${text}`, { defaultValue: text });
    if (field.endsWith("_expiry") && text) return format.shortDate(text);
    return text;
  };
  const fromTo = (from: string, to: string) => (from && to ? t("fromTo", { from, to }) : from || to);
  return ({ id, kind, code, title, detail, before, after }: Entry): [what: string, more: string] => {
    if (id.startsWith("reply-")) return [t(`outreach:timeline.${code}`), ""];
    if (id.startsWith("message-")) {
      const state = t(`outreach:state.${code}`);
      return [
        t("timeline.channelResult", { channel: t(`outreach:timeline.${before}`), result: state }),
        [
          detail,
          title && t("outreach:channels.otherwise.insteadOf", { channel: t(`outreach:channel.${title}`) }),
          why(after),
        ]
          .filter(Boolean)
          .join(" · "),
      ];
    }
    switch (kind) {
      case "TASK":
        return [t(`timeline.task.${code}`), ""];
      case "TIER":
        return [t(`timeline.tier.${code}`), fromTo(t(`shared:tier.${before}`), t(`shared:tier.${after}`))];
      case "STAGE":
        return [
          t("timeline.stage"),
          fromTo(before && t(`shared:stage.${before}`), t(`shared:stage.${after}`)),
        ];
      case "PROFILE":
        return [
          t("timeline.changed", { field: t(`timeline.field.${code}`) }),
          fromTo(value(code, before), value(code, after)),
        ];
      case "OWNER":
        return [t(`timeline.owner.${code}`), ""];
      case "RELATION": {
        const [, relation, what] = /^(\w+)_(BEGAN|ENDED)$/.exec(code) ?? [];
        return [
          t(what === "ENDED" ? "timeline.relationEnded" : "timeline.relationBegan", {
            kind: t(`relation.${relation}`),
          }),
          "",
        ];
      }
      case "JOURNEY":
        return [t(`outreach:timeline.${code}`), detail];
      case "SALON":
        return [t(`outreach:timeline.SALON_${code}`), detail];
      case "POINTS":
        return [t(`outreach:points.timeline.${code}`, { points: count(Math.abs(Number(before))) }), detail];
      case "OPENED":
        return [t("timeline.opened"), detail];
      case "MONEY":
      case "EVENT":
        return [title, detail];
      default:
        return [
          t("timeline.channelResult", {
            channel: t(`care:channel.${before}`),
            result: t(`care:result.${code}`),
          }),
          after ? `${detail} · ${t(`care:topic.${after}`)}` : detail,
        ];
    }
  };
}

function Line({ entry }: { entry: Entry }) {
  const format = useFormat();
  const words = useWords();
  const down = entry.kind === "TIER" && entry.code === "DOWN";
  const Icon = down ? ArrowDownOutlined : (ICONS[entry.kind] ?? BellOutlined);
  const [what, more] = words(entry);
  return (
    <li data-down={down || undefined} data-kind={entry.kind}>
      <span className={styles.dot} aria-hidden="true">
        <Icon />
      </span>
      <div className={styles.stack}>
        <span>{what}</span>
        {more && <span className={styles.quiet}>{more}</span>}
        <small>
          {TIMED.has(entry.kind) ? format.moment(entry.at) : format.shortDate(today(new Date(entry.at)))}
          {entry.by && ` · ${entry.by}`}
        </small>
      </div>
    </li>
  );
}

/** What happened to this customer, newest first; what happens now appears by itself. */
export function Timeline({ customerId }: { customerId: number }) {
  const { t } = useTranslation(["customers", "shared"]);
  const [url, setUrl] = useUrlState(DEFAULTS);
  const shown = url.show.split(",").filter((group) => group in GROUPS);
  const found = useTimeline(
    customerId,
    shown.flatMap((group) => GROUPS[group] ?? []),
  );
  useLive(customerId, found.data?.pages[0]?.mark);
  const entries = found.data?.pages.flatMap((page) => page.rows) ?? [];
  const toggle = (group: string, on: boolean) =>
    setUrl({ show: (on ? [...shown, group] : shown.filter((one) => one !== group)).join(",") });
  return (
    <Panel title={t("section.timeline")} extra={<small className={styles.quiet}>{t("timeline.live")}</small>}>
      <div className={styles.chips} role="group" aria-label={t("timeline.filter")}>
        {Object.keys(GROUPS).map((group) => (
          <Tag.CheckableTag key={group} checked={shown.includes(group)} onChange={(on) => toggle(group, on)}>
            {t(`timeline.group.${group}`)}
          </Tag.CheckableTag>
        ))}
      </div>
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && entries.length === 0 && <p className={styles.quiet}>{t("timeline.empty")}</p>}
      <ol className={styles.timeline} aria-live="polite">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ol>
      {found.hasNextPage && (
        <Button
          type="text"
          block
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t("timeline.older")}
        </Button>
      )}
    </Panel>
  );
}
