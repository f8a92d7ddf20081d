import { App, Button, Input, Modal, Skeleton } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { Problem } from "@/shared/problem";
import { useRuleFields, type RuleFields } from "../api";
import { Conflict } from "../components/Conflict";
import { NO_TEXTS, SegmentForm } from "../components/SegmentForm";
import { Workshop } from "../components/Workshop";
import { EMPTY, toQuery } from "../mapping";
import type { Rule } from "../rule";
import { type Segment, useLibrary, useMake, useSaveVersion, useSegment, useVersions } from "../storeApi";
import { same, useDraft } from "../useDraft";
import { useLive } from "../useLive";
import { useUnsaved } from "../useUnsaved";

/** 圈选客群: a new segment's rule, or the next version of one there is. */
export function Component() {
  const { code = "" } = useParams();
  const [params] = useSearchParams();
  const from = params.get("from") ?? "";
  const fields = useRuleFields();
  const segment = useSegment(code || from);
  const { t } = useTranslation("segments");
  const error = fields.error ?? segment.error;
  const ready = fields.data && ((code || from) === "" || segment.data);
  return (
    <>
      {!ready && <PageTitle question={t("builder.question")} />}
      {error && !ready && <ProblemView error={error} onRetry={() => void fields.refetch()} />}
      {!error && !ready && <Skeleton active paragraph={{ rows: 10 }} />}
      {ready && (
        <Drawing
          key={`${code}?${params}`}
          fields={fields.data}
          segment={code ? segment.data : undefined}
          begin={(code ? undefined : (segment.data?.rule as Rule)) ?? begun(params)}
        />
      )}
    </>
  );
}

/** What the address asks to begin with: who has a `tag`, is in a tile of RFM (`r`, `f`), among a segment's members. */
function begun(params: URLSearchParams): Rule | undefined {
  const asked: Rule["where"][] = [];
  const [among, tag] = [params.get("among"), params.get("tag")];
  if (among) asked.push({ type: "segment", segment: among });
  if (tag) asked.push({ type: "compare", field: "tag", op: "has_any", value: [tag] });
  for (const score of ["r", "f"] as const) {
    const value = Number(params.get(score));
    if (value) asked.push({ type: "compare", field: `rfm_${score}`, op: "eq", value });
  }
  const [where] = asked;
  if (!where) return undefined;
  return { where: asked.length > 1 ? { type: "all", of: asked } : where };
}

interface DrawingProps {
  fields: RuleFields;
  segment: Segment | undefined;
  /** What a new segment begins with: a ready one's rule, or what the address asks for. */
  begin: Rule | undefined;
}

/** The version that was opened stays the one the draft is based on, whatever others save meanwhile. */
function Drawing({ fields, segment, begin }: DrawingProps) {
  const { t } = useTranslation("segments");
  const [opened, setOpened] = useState(segment);
  const first = useMemo(() => (opened?.rule ? toQuery(opened.rule as Rule) : EMPTY), [opened]);
  const draft = useDraft(begin ? toQuery(begin) : first);
  const live = useLive(draft.query);
  const library = useLibrary();
  const [saving, setSaving] = useState(false);
  const unsaved = !same(draft.query, first);
  const release = useUnsaved(unsaved);
  const segments = (library.data?.rows ?? [])
    .filter(({ code, version }) => code !== opened?.code && version !== null)
    .map(({ code, name }) => ({ code, name }));
  const ready = (library.data?.rows ?? []).filter(({ delivered, kind }) => delivered && kind === "DYNAMIC");
  const { start } = draft;
  const take = (rule: Rule, number: number) => {
    start(toQuery(rule));
    if (opened) setOpened({ ...opened, rule, newest: number });
    setSaving(false);
  };
  return (
    <>
      <PageTitle
        question={opened ? t("builder.edit", { name: opened.name }) : t("builder.question")}
        asOf={fields.as_of}
        extra={
          <Button
            type="primary"
            disabled={!unsaved || !live.readNow || live.problems.length > 0}
            onClick={() => setSaving(true)}
          >
            {t(opened ? "builder.saveVersion" : "builder.save")}
          </Button>
        }
      />
      <Workshop fields={fields} segments={segments} ready={ready} draft={draft} live={live} />
      {saving &&
        (opened ? (
          <SaveVersion
            segment={opened}
            json={live.json}
            sentence={live.read?.sentence ?? ""}
            onSaved={release}
            onTheirs={take}
            onClose={() => setSaving(false)}
          />
        ) : (
          <SaveNew json={live.json} onSaved={release} onClose={() => setSaving(false)} />
        ))}
    </>
  );
}

interface SaveProps {
  json: string;
  onSaved: () => void;
  onClose: () => void;
}

function SaveNew({ json, onSaved, onClose }: SaveProps) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const make = useMake();
  return (
    <SegmentForm
      title={t("builder.save")}
      ok={t("builder.save")}
      first={NO_TEXTS}
      placed={{}}
      error={make.error}
      busy={make.isPending}
      onClose={onClose}
      onSend={(made) =>
        make.mutate(
          { ...made, rule: JSON.parse(json) as Rule },
          {
            onSuccess: ({ code, waiting }) => {
              onSaved();
              void message.success(t(waiting === null ? "saved.used" : "saved.waits"));
              void navigate(`/segments/${code}`);
            },
          },
        )
      }
    />
  );
}

interface VersionProps extends SaveProps {
  segment: Segment;
  sentence: string;
  onTheirs: (rule: Rule, number: number) => void;
}

function SaveVersion({
  segment: { code, newest },
  json,
  sentence,
  onSaved,
  onTheirs,
  onClose,
}: VersionProps) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const save = useSaveVersion(code);
  const [note, setNote] = useState("");
  const moved = save.error instanceof Problem && save.error.code === "segment_moved";
  const send = (based_on: number) =>
    save.mutate(
      { rule: JSON.parse(json) as Rule, note, based_on },
      {
        onSuccess: ({ status }) => {
          onSaved();
          void message.success(t(status === "APPROVED" ? "saved.used" : "saved.waits"));
          void navigate(`/segments/${code}`);
        },
      },
    );
  if (moved)
    return (
      <Theirs
        code={code}
        sentence={sentence}
        busy={save.isPending}
        onSend={send}
        onTheirs={onTheirs}
        onClose={onClose}
      />
    );
  return (
    <Modal
      open
      title={t("builder.saveVersion")}
      okText={t("builder.saveVersion")}
      onOk={() => send(newest)}
      confirmLoading={save.isPending}
      onCancel={onClose}
    >
      <Input.TextArea
        autoFocus
        aria-label={t("form.note")}
        placeholder={t("form.note")}
        maxLength={200}
        autoSize={{ minRows: 2 }}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {save.error && <ProblemView error={save.error} />}
    </Modal>
  );
}

interface TheirsProps {
  code: string;
  sentence: string;
  busy: boolean;
  onSend: (based_on: number) => void;
  onTheirs: (rule: Rule, number: number) => void;
  onClose: () => void;
}

function Theirs({ code, sentence, busy, onSend, onTheirs, onClose }: TheirsProps) {
  const versions = useVersions(code);
  const { refetch } = versions;
  useEffect(() => void refetch(), [refetch]);
  const newest = versions.isFetching ? undefined : versions.data?.[0];
  if (versions.error) return <ProblemView error={versions.error} />;
  if (!newest) return null;
  return (
    <Conflict
      theirs={newest}
      mine={sentence}
      busy={busy}
      onMine={() => onSend(newest.number)}
      onTheirs={() => onTheirs(newest.rule as Rule, newest.number)}
      onClose={onClose}
    />
  );
}
