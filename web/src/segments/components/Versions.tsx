import { App, Button, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { type Segment, useDiff, useRestore, useVersions, type Version } from "../storeApi";
import { Report } from "./ListUpload";
import styles from "./segment.module.css";

const COLORS: Record<string, string> = {
  PENDING: "warning",
  APPROVED: "success",
  REFUSED: "error",
  WITHDRAWN: "default",
};

/** 版本: what was saved by whom, what was decided, what differs; an earlier one can be saved again. */
export function Versions({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const found = useVersions(segment.code);
  const [compared, setCompared] = useState<[number, number] | null>(null);
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  const versions = found.data ?? [];
  return (
    <Panel>
      {found.data?.length === 0 && <p className={styles.quiet}>{t("versions.none")}</p>}
      <ul className={styles.versions}>
        {versions.map((version) => {
          const before = versions.filter(({ number }) => number < version.number).map(({ number }) => number);
          const open = compared?.[1] === version.number;
          return (
            <li key={version.number}>
              <span className={styles.marks}>
                <strong>{t("versions.number", { number: version.number })}</strong>
                <Tag color={COLORS[version.status] ?? "default"} variant="filled">
                  {t(`versionStatus.${version.status}`)}
                </Tag>
                {version.number === segment.version && (
                  <Tag color="processing" variant="filled">
                    {t("versions.inUse")}
                  </Tag>
                )}
              </span>
              {version.sentence && <p>{version.sentence}</p>}
              {version.report && <Report code={segment.code} version={version} />}
              {version.note && <p>{version.note}</p>}
              <small className={styles.quiet}>
                {t("versions.made", {
                  name: version.made_by || t("delivered"),
                  at: format.moment(version.made_at),
                })}
                {version.decided_at &&
                  version.decided_by &&
                  t("versions.decided", { name: version.decided_by, at: format.moment(version.decided_at) })}
                {version.reason && t("versions.reason", { reason: version.reason })}
              </small>
              <div className={styles.deeds}>
                {before.length > 0 && version.rule !== null && (
                  <Select
                    allowClear
                    aria-label={t("versions.compareWith")}
                    placeholder={t("versions.compareWith")}
                    popupMatchSelectWidth={false}
                    value={open ? (compared?.[0] ?? null) : null}
                    onChange={(number: number | null) =>
                      setCompared(number ? [number, version.number] : null)
                    }
                    options={before.map((number) => ({
                      value: number,
                      label: t("versions.number", { number }),
                    }))}
                  />
                )}
                {version.number < segment.newest && segment.may.some((deed) => deed === "edit") && (
                  <Restore segment={segment} version={version} />
                )}
              </div>
              {open && compared && <Changes code={segment.code} before={compared[0]} after={compared[1]} />}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Restore({ segment: { code, newest }, version: { number } }: { segment: Segment; version: Version }) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const restore = useRestore(code);
  return (
    <Button
      loading={restore.isPending}
      onClick={() =>
        restore.mutate(
          { number, based_on: newest },
          { onSuccess: () => void message.success(t("versions.restored", { number })), onError: problem },
        )
      }
    >
      {t("versions.restore")}
    </Button>
  );
}

/** What differs between two versions, condition by condition. */
export function Changes({ code, before, after }: { code: string; before: number; after: number }) {
  const { t } = useTranslation("segments");
  const found = useDiff(code, before, after);
  if (found.error) return <ProblemView error={found.error} />;
  const said = (kind: string, text: string) =>
    kind === "joined" ? t(`join.${text === "all" ? "and" : "or"}`) : text;
  return (
    <ul className={styles.changes} aria-label={t("versions.changes")}>
      {found.data?.changes.length === 0 && <li>{t("versions.same")}</li>}
      {(found.data?.changes ?? []).map((change, n) => (
        <li key={n}>
          <span className={styles.quiet}>{t(`change.${change.kind}`)}</span>
          <span>
            {change.before && <del>{said(change.kind, change.before)}</del>}
            {change.before && change.after && " → "}
            {change.after && <ins>{said(change.kind, change.after)}</ins>}
          </span>
        </li>
      ))}
    </ul>
  );
}
