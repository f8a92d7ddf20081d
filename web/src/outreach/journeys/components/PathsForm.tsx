import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { evenShares, MOST_PATHS } from "../definition";
import type { Split } from "../types";
import { Field, NumberField } from "./Field";
import styles from "./journey.module.css";
import type { FormProps } from "./StepForm";

const even = (paths: Split["paths"]) => {
  const shares = evenShares(paths.length);
  return paths.map((path, n) => ({ ...path, share: shares[n] ?? path.share }));
};

/** How customers part by chance: the shares make 100%. */
export function PathsForm({ step, onChange }: FormProps<Split>) {
  const { t } = useTranslation("outreach");
  const { paths } = step;
  const sum = paths.reduce((all, { share }) => all + share, 0);
  const set = (to: Split["paths"]) => onChange({ ...step, paths: to });
  return (
    <Field name={t("journey.form.paths")}>
      {paths.map((path, n) => (
        <div key={n} className={styles.path}>
          <span>{t("journey.form.path", { number: n + 1 })}</span>
          <NumberField
            name={t("journey.form.path", { number: n + 1 })}
            min={1}
            max={99}
            unit="%"
            value={path.share}
            onChange={(share) => set(paths.with(n, { ...path, share }))}
          />
          {paths.length > 2 && (
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t("journey.form.takePath", { number: n + 1 })}
              onClick={() => set(even(paths.toSpliced(n, 1)))}
            />
          )}
        </div>
      ))}
      <div className={styles.tools}>
        {paths.length < MOST_PATHS && (
          <Button icon={<PlusOutlined />} onClick={() => set(even([...paths, { share: 1, next: null }]))}>
            {t("journey.form.addPath")}
          </Button>
        )}
        <Button onClick={() => set(even(paths))}>{t("journey.form.even")}</Button>
        <span role="status" className={sum === 100 ? styles.quiet : styles.bad}>
          {t(sum === 100 ? "journey.form.sum" : "journey.form.sumWrong", { sum })}
        </span>
      </div>
    </Field>
  );
}
