import { Button, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ProblemOut } from "../api";
import { begun, isRankable } from "../catalogue";
import { useDrawing } from "../drawing";
import { type Compare, type InSegment, type Leaf, type Peer, PEERS, SIDES } from "../rule";
import { FieldPicker } from "./FieldPicker";
import { BehaviourEditor, SequenceEditor } from "./rows";
import { TestEditor } from "./TestEditor";
import styles from "./builder.module.css";

export interface ConditionProps<T extends Leaf> {
  leaf: T;
  place: string;
  problems: ProblemOut[];
  onChange: (leaf: Leaf) => void;
}

/** One condition, by its kind. */
export function ConditionEditor({ leaf, ...rest }: ConditionProps<Leaf>) {
  if (leaf.type === "compare") return <CompareEditor leaf={leaf} {...rest} />;
  if (leaf.type === "behaviour") return <BehaviourEditor leaf={leaf} {...rest} />;
  if (leaf.type === "sequence") return <SequenceEditor leaf={leaf} {...rest} />;
  if (leaf.type === "peer") return <PeerEditor leaf={leaf} {...rest} />;
  return <SegmentEditor leaf={leaf} {...rest} />;
}

function CompareEditor({ leaf, problems, onChange }: ConditionProps<Compare>) {
  const { t } = useTranslation("segments");
  const { catalogue } = useDrawing();
  const field = catalogue.field(leaf.field);
  return (
    <>
      <FieldPicker onPick={({ kind, name }) => onChange(begun(catalogue, kind, name))}>
        <Button
          className={styles.field}
          aria-label={t("fieldIs", { field: field?.title ?? leaf.field })}
          title={field?.about ?? ""}
        >
          {field?.title ?? leaf.field}
        </Button>
      </FieldPicker>
      {field && (
        <TestEditor
          field={field}
          test={leaf}
          others={catalogue.all.fields}
          units
          problems={problems}
          onChange={onChange}
        />
      )}
    </>
  );
}

function PeerEditor({ leaf, problems, onChange }: ConditionProps<Peer>) {
  const { t } = useTranslation("segments");
  const { catalogue } = useDrawing();
  const title = catalogue.field(leaf.field)?.title ?? leaf.field;
  return (
    <>
      <FieldPicker only={isRankable} onPick={({ name }) => onChange({ ...leaf, field: name })}>
        <Button
          className={styles.field}
          danger={problems.length > 0}
          aria-label={t("fieldIs", { field: title })}
        >
          {title}
        </Button>
      </FieldPicker>
      <span className={styles.word}>{t("among")}</span>
      <Select
        aria-label={t("peerGroup")}
        popupMatchSelectWidth={false}
        value={leaf.group ?? "outlet"}
        onChange={(group) => onChange({ ...leaf, group })}
        options={PEERS.map((one) => ({ value: one, label: t(`peers.${one}`) }))}
      />
      <Select
        aria-label={t("side")}
        popupMatchSelectWidth={false}
        value={leaf.side ?? "top"}
        onChange={(side) => onChange({ ...leaf, side })}
        options={SIDES.map((one) => ({ value: one, label: t(`sides.${one}`) }))}
      />
      <InputNumber
        className={styles.number}
        aria-label={t("percent")}
        min={1}
        max={100}
        precision={0}
        suffix="%"
        value={leaf.percent}
        onChange={(percent) => percent !== null && onChange({ ...leaf, percent })}
      />
    </>
  );
}

function SegmentEditor({ leaf, problems, onChange }: ConditionProps<InSegment>) {
  const { t } = useTranslation("segments");
  const { segments } = useDrawing();
  return (
    <>
      <span className={styles.word}>{t("memberOf")}</span>
      <Select
        className={styles.choice}
        aria-label={t("segment")}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("chooseSegment")}
        status={problems.length ? "error" : ""}
        value={leaf.segment || null}
        onChange={(segment: string | null) => segment && onChange({ ...leaf, segment })}
        options={segments.map(({ code, name }) => ({ value: code, label: name }))}
      />
    </>
  );
}
