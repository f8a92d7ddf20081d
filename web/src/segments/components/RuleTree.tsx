import { BranchesOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import {
  type ActionProps,
  type CombinatorSelectorProps,
  QueryBuilder,
  type ValueEditorProps,
} from "react-querybuilder";
import { begun } from "../catalogue";
import { problemsAt, useDrawing } from "../drawing";
import { at, changed, type Group, group, isGroup, line, placeOf, standsAlone } from "../mapping";
import type { Leaf } from "../rule";
import { GroupWords, LineMenu, Remove } from "./acts";
import { ConditionEditor } from "./conditions";
import { FieldPicker } from "./FieldPicker";
import styles from "./builder.module.css";

/** 且 or 或; with one condition there is nothing to join. */
function Combinator({ value, path, ...rest }: CombinatorSelectorProps) {
  const { t } = useTranslation("segments");
  const { query } = useDrawing();
  const here = at(query, path);
  if (!here || !isGroup(here) || here.rules.length < 2) return null;
  return (
    <Segmented
      aria-label={t("joined")}
      value={value ?? "and"}
      onChange={(to) => rest.handleOnChange(to)}
      options={["and", "or"].map((one) => ({ value: one, label: t(`join.${one}`) }))}
    />
  );
}

/** One condition with what is wrong with it. */
function Editor({ path, value, ...rest }: ValueEditorProps) {
  const { query, problems } = useDrawing();
  const place = placeOf(query, path);
  const own = problemsAt(problems, place);
  return (
    <div className={styles.condition} data-place={place}>
      <ConditionEditor
        leaf={value as Leaf}
        place={place}
        problems={own}
        onChange={(to) => rest.handleOnChange(to)}
      />
      {own.map(({ place: where, code, text }) => (
        <p key={where + code} className={styles.problem} role="alert">
          {text}
        </p>
      ))}
    </div>
  );
}

/** What turns one condition around, or asks it of another date, is no place for more. */
const aroundOne = (query: Group, path: number[]) => path.length > 0 && standsAlone(at(query, path) as Group);

function AddLine({ path }: ActionProps) {
  const { t } = useTranslation("segments");
  const { catalogue, query, edit } = useDrawing();
  if (aroundOne(query, path)) return null;
  return (
    <FieldPicker
      onPick={({ kind, name }) =>
        edit(
          changed<Group>(query, path, (one) => ({
            ...one,
            bare: false,
            rules: [...one.rules, line(begun(catalogue, kind, name))],
          })),
        )
      }
    >
      <Button icon={<PlusOutlined />}>{t("act.add")}</Button>
    </FieldPicker>
  );
}

function AddGroup({ path }: ActionProps) {
  const { t } = useTranslation("segments");
  const { query, edit } = useDrawing();
  const here = at(query, path) as Group;
  if (aroundOne(query, path)) return null;
  const combinator = here.combinator === "or" ? "and" : "or";
  return (
    <Button
      type="text"
      icon={<BranchesOutlined />}
      onClick={() =>
        edit(
          changed<Group>(query, path, (one) => ({
            ...one,
            bare: false,
            rules: [...one.rules, group([], { combinator })],
          })),
        )
      }
    >
      {t("act.addGroup")}
    </Button>
  );
}

const CONTROLS = {
  combinatorSelector: Combinator,
  notToggle: GroupWords,
  addRuleAction: AddLine,
  addGroupAction: AddGroup,
  removeGroupAction: Remove,
  removeRuleAction: Remove,
  cloneRuleAction: LineMenu,
  cloneGroupAction: null,
  fieldSelector: null,
  operatorSelector: null,
  valueEditor: Editor,
} as const;

const FIELDS = ["compare", "behaviour", "sequence", "peer", "segment"].map((name) => ({ name, label: name }));
const OPERATORS = [{ name: "=", label: "=" }];

/** The rule as groups and conditions, each changed in its place. */
export function RuleTree() {
  const { query, edit } = useDrawing();
  return (
    <div className={styles.tree}>
      <QueryBuilder
        query={query}
        onQueryChange={(next) => edit(next)}
        enableMountQueryChange={false}
        fields={FIELDS}
        operators={OPERATORS}
        controlElements={CONTROLS}
        showNotToggle
        showCloneButtons
        resetOnFieldChange={false}
        addRuleToNewGroups={false}
      />
    </div>
  );
}
