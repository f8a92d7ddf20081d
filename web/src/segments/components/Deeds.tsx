import { MoreOutlined } from "@ant-design/icons";
import { Alert, App, Button, Checkbox, Dropdown, Input, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import {
  type Deed,
  type Segment,
  useApprove,
  useClose,
  useCopy,
  useDescribe,
  useOutreach,
  useRefresh,
  useRefuse,
  useReopen,
  useVersions,
  useWithdraw,
} from "../storeApi";
import { NextList } from "./ListUpload";
import { NO_TEXTS, SegmentForm } from "./SegmentForm";
import { Changes } from "./Versions";
import styles from "./segment.module.css";

/** What the viewer may do with a segment. */
export function Deeds({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const { code, may, kind, newest } = segment;
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const problem = useProblemNotice();
  const [open, setOpen] = useState<"describe" | "copy" | "upload" | null>(null);
  const [close, reopen, refresh] = [useClose(code), useReopen(code), useRefresh(code)];
  const withdraw = useWithdraw(code);
  const outreach = useOutreach(code);
  const done = (what: string) => ({
    onSuccess: () => void message.success(t(`done.${what}`)),
    onError: problem,
  });
  const can = (deed: Deed) => may.includes(deed);
  const acts: Record<string, { shown: boolean; run: () => void }> = {
    describe: { shown: can("edit"), run: () => setOpen("describe") },
    copy: { shown: can("copy"), run: () => setOpen("copy") },
    refresh: { shown: can("refresh"), run: () => refresh.mutate(undefined, done("refresh")) },
    withdraw: { shown: can("withdraw"), run: () => withdraw.mutate(newest, done("withdraw")) },
    outreach: {
      shown: can("outreach"),
      run: () => outreach.mutate(!segment.outreach, done(segment.outreach ? "outreachEnded" : "outreach")),
    },
    reopen: { shown: can("reopen"), run: () => reopen.mutate(undefined, done("reopen")) },
    close: {
      shown: can("close"),
      run: () =>
        void modal.confirm({
          title: t("deed.closeSure"),
          content: t("deed.closeHint"),
          okText: t("deed.close"),
          onOk: () => close.mutate(undefined, done("close")),
        }),
    },
  };
  const items = Object.entries(acts)
    .filter(([, { shown }]) => shown)
    .map(([key]) => ({
      key,
      label: t(key === "outreach" && segment.outreach ? "deed.endOutreach" : `deed.${key}`),
    }));
  return (
    <span className={styles.deeds}>
      {can("edit") && kind !== "LIST" && (
        <Button type="primary" onClick={() => void navigate(`/segments/${code}/edit`)}>
          {t("deed.edit")}
        </Button>
      )}
      {can("upload") && (
        <Button type="primary" onClick={() => setOpen("upload")}>
          {t("deed.upload")}
        </Button>
      )}
      {items.length > 0 && (
        <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => acts[key]?.run() }}>
          <Button icon={<MoreOutlined />} aria-label={t("deed.more")} />
        </Dropdown>
      )}
      {open === "describe" && <Describe segment={segment} onClose={() => setOpen(null)} />}
      {open === "copy" && <Copy segment={segment} onClose={() => setOpen(null)} />}
      {open === "upload" && <NextList segment={segment} onClose={() => setOpen(null)} />}
    </span>
  );
}

function Describe({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const describe = useDescribe(segment.code);
  return (
    <SegmentForm
      title={t("deed.describe")}
      ok={t("form.save")}
      first={segment.texts}
      error={describe.error}
      busy={describe.isPending}
      onSend={(texts) => describe.mutate(texts, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

function Copy({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const navigate = useNavigate();
  const copy = useCopy(segment.code);
  return (
    <SegmentForm
      title={t("deed.copy")}
      ok={t("deed.copy")}
      first={{ ...NO_TEXTS, ...segment.texts, name_zh: "", name_en: "" }}
      placed={{}}
      error={copy.error}
      busy={copy.isPending}
      onSend={(made) => copy.mutate(made, { onSuccess: ({ code }) => void navigate(`/segments/${code}`) })}
      onClose={onClose}
    />
  );
}

/** What waits for approval: what differs, and the answer of who may decide it. */
export function Decision({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const { message } = App.useApp();
  const { code, waiting, version, may } = segment;
  const versions = useVersions(code);
  const [approve, refuse] = [useApprove(code), useRefuse(code)];
  const [outreach, setOutreach] = useState(false);
  const [reason, setReason] = useState("");
  const pending = versions.data?.find(({ number }) => number === waiting);
  if (waiting === null || !pending) return null;
  const decides = may.includes("decide");
  return (
    <Alert
      type="warning"
      showIcon
      title={t("decision.title", {
        number: waiting,
        name: pending.made_by,
        at: format.moment(pending.made_at),
      })}
      description={
        <div className={styles.form}>
          {pending.note && <p>{pending.note}</p>}
          {version !== null && pending.rule !== null && (
            <Changes code={code} before={version} after={waiting} />
          )}
          {decides ? (
            <>
              <Checkbox checked={outreach} onChange={(event) => setOutreach(event.target.checked)}>
                {t("decision.outreach")}
              </Checkbox>
              {(approve.error ?? refuse.error) && <ProblemView error={approve.error ?? refuse.error} />}
              <div className={styles.deeds}>
                <Button
                  type="primary"
                  loading={approve.isPending}
                  onClick={() =>
                    approve.mutate(
                      { number: waiting, outreach },
                      { onSuccess: () => void message.success(t("done.approve")) },
                    )
                  }
                >
                  {t("decision.approve")}
                </Button>
                <Popconfirm
                  icon={null}
                  title={t("decision.why")}
                  description={
                    <Input.TextArea
                      aria-label={t("decision.why")}
                      maxLength={200}
                      value={reason}
                      onChange={(event) => setReason(event.target.value)}
                    />
                  }
                  okText={t("decision.refuse")}
                  okButtonProps={{ disabled: !reason.trim() }}
                  onConfirm={() =>
                    refuse.mutate(
                      { number: waiting, reason },
                      { onSuccess: () => void message.success(t("done.refuse")) },
                    )
                  }
                >
                  <Button loading={refuse.isPending}>{t("decision.refuse")}</Button>
                </Popconfirm>
              </div>
            </>
          ) : (
            <p>{t("decision.others")}</p>
          )}
        </div>
      }
    />
  );
}
