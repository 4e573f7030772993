package dev.winnow.report;

import dev.winnow.analysis.ClassImbalance;
import dev.winnow.analysis.CollectionRequests;
import dev.winnow.analysis.ImageFindings;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.WinnowConfig;
import dev.winnow.consensus.Agreements;
import dev.winnow.consensus.Annotators;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Rejects;
import dev.winnow.labeling.LabelingJobs;
import dev.winnow.outcomes.RoundOutcomes;
import dev.winnow.outcomes.SignalYields;
import dev.winnow.progress.LabelingProgress;
import dev.winnow.quality.ClassThresholds;
import dev.winnow.quality.LabelQa;
import dev.winnow.runtime.CellVersion;
import dev.winnow.runtime.RunLedger;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.segments.VerdictDaily;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.selection.Selections;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A tiny warehouse in which every block of the page has something to show. */
final class ReportTables {
    static final LocalDate DAY = LocalDate.parse("2026-11-07");
    static final WinnowConfig CONFIG = Configs.of("use-cases.gate { budget = 12 }");

    private static final String HEAD = "'pipeline':'p','run_date':'2026-11-07','run_id':'r1',";

    private ReportTables() {}

    /** The warehouse; {@code text} stands wherever a name or sentence comes from data. */
    static FakeTables with(String words) {
        String text = escaped(words);
        FakeTables tables = new FakeTables();
        put(tables, SegmentFindings.TABLE, findings(text));
        put(
                tables,
                SegmentChanges.TABLE,
                List.of("{" + HEAD + "'use_case':'gate','segment':'lighting=" + text
                        + "','dimensions':['lighting'],'dimension_values':['" + text
                        + "'],'comparison':'HISTORY','measure':'FDR',"
                        + "'status':'WORSE','before_from':'2026-10-11','now_from':'2026-11-01','now_to':'2026-11-04','alarms_before':"
                        + "900,'judged_before':700,'wrong_before':70,'alarms_now':300,'judged_now':250,'wrong_now':75,'rate_before':"
                        + "0.1,'rate_now':0.3,'difference':0.2,'difference_low':0.1,'difference_high':0.3,'q_value':0.001,'sentence':'"
                        + text + "'}"));
        put(tables, ExposureDaily.TABLE, exposure(text));
        put(tables, VerdictDaily.TABLE, verdicts(text));
        put(tables, ClassImbalance.TABLE, List.of(imbalance(text, 40, true), imbalance("person", 4000, false)));
        put(
                tables,
                CollectionRequests.TABLE,
                List.of("{" + HEAD + "'use_case':'gate','priority':1,'label':'" + text
                        + "','conditions':['lighting=" + text
                        + "'],'how':'COLLECT','images':1200,'images_found':40,'need':2.5,'why':'"
                        + text + "'}"));
        put(tables, ImageFindings.TABLE, List.of(image(text, "i1", 0.2, 80), image("animal", "i2", 0.7, 600)));
        put(tables, Candidates.TABLE, List.of("{" + HEAD + "'use_case':'gate','signal':'AUDIT','item_id':'a'}"));
        put(
                tables,
                Selections.TABLE,
                List.of(
                        selection("AUDIT", 1, text),
                        selection("BOUNDARY", 1, text),
                        selection("BOUNDARY", 2, "animal")));
        put(tables, SelectionCuts.TABLE, List.of(cut("AUDIT", 1), cut("BOUNDARY", 2)));
        put(
                tables,
                LabelingJobs.TABLE,
                List.of("{'pipeline':'p','run_date':'2026-11-07','round_id':'2026-11-07.1',"
                        + "'use_case':'gate','job_name':'winnow-p-gate','target':'ground-truth','task_type':'image-classification',"
                        + "'manifest_uri':'s3://b/m','items':3,'sha256':'0','status':'PLANNED'}"));
        put(tables, Labels.TABLE, List.of(label("a", "AGREED"), label("b", "OPEN")));
        put(
                tables,
                Agreements.TABLE,
                List.of(
                        "{'pipeline':'p','use_case':'gate','guideline_version':'" + text
                                + "','items':2,'answers':6,'pairs_agreeing':0.8,'alpha':0.7,'alpha_low':0.5,'alpha_high':0.9}"));
        put(
                tables,
                Annotators.TABLE,
                List.of("{'pipeline':'p','use_case':'gate','worker_id':'" + text
                        + "','answers':6,'quality':0.9,'quality_low':0.8,'quality_high':0.95,'confusion':[],'peer_answers':5,"
                        + "'peer_agreement':0.9,'seconds_per_answer':4.5,'class_distance':0.1,'gold_answers':0,'gold_right':0,"
                        + "'flags':['SECONDS']}"));
        put(
                tables,
                LabelingProgress.TABLE,
                List.of(progress("2026-11-05", 0), progress("2026-11-06", 2), progress("2026-11-08", 3)));
        put(
                tables,
                LabelQa.TABLE,
                List.of(
                        quality(text, "__ALL__", "PURPOSIVE", 30),
                        quality("person", "__ALL__", "UNIFORM", 95),
                        quality("person", "0.9-1", "UNIFORM", 50)));
        put(
                tables,
                ClassThresholds.TABLE,
                List.of(
                        "{'pipeline':'p','use_case':'gate','model_version':'m1','source':'BLIND_LABELS','design':'UNIFORM',"
                                + "'label':'person','walk':'PROVEN','status':'PROVEN','threshold':0.9,'reviewed':300,'wrong':2,"
                                + "'wrong_limit':0.05,'needed_n':40,'class_size':'ENOUGH','confused_with':[],'proof':'"
                                + text + "'}",
                        "{'pipeline':'p','use_case':'gate','model_version':'m1','source':'BLIND_LABELS','design':'UNIFORM',"
                                + "'label':'" + text + "','walk':'PROVEN','status':'INSUFFICIENT','wrong_limit':0.05,"
                                + "'class_size':'THIN','confused_with':[],'proof':'too few'}"));
        put(
                tables,
                SignalYields.TABLE,
                List.of(yields("BOUNDARY", 30, 0.3), yields("AUDIT", 10, 0.05), yields("RARE_CLASS", 0, null)));
        put(
                tables,
                RoundOutcomes.TABLE,
                List.of("{" + HEAD + "'use_case':'gate','scope':'SEGMENT','subject':'lighting=" + text
                        + "','model_version':'m2','verdict':'IMPROVED','measure':'FDR','rounds':['2026-10-20.1'],'items':20,"
                        + "'trials_before':700,'wrong_before':140,'rate_before':0.2,'trials_after':300,'wrong_after':30,"
                        + "'rate_after':0.1,'differential_change':-0.08,'differential_low':-0.12,'differential_high':-0.04,"
                        + "'sentence':'" + text + "'}"));
        put(tables, RunLedger.TABLE, List.of(attempt("a1", "2026-11-06", text), attempt("a2", "2026-11-07", text)));
        put(
                tables,
                Rejects.TABLE,
                List.of("{'pipeline':'p','date':'2026-11-07','input':'inferences','reason':'" + text
                        + "','rejected_rows':5,'sample':'{}'}"));
        return tables;
    }

    /** Every character as JSON's escape: whatever it is, the rows below stay what they are. */
    private static String escaped(String words) {
        return words.chars().mapToObj(unit -> String.format("\\u%04x", unit)).collect(Collectors.joining());
    }

    private static void put(FakeTables tables, TableDef table, List<String> rows) {
        tables.with(table.name(), Frames.of(table, rows.toArray(String[]::new)));
    }

    private static List<String> findings(String text) {
        List<String> rows = new ArrayList<>();
        for (int day = 5; day <= 7; day++) {
            String date = "2026-11-0" + day;
            rows.add(finding(date, "", "", null, 2000, 0.1, null, text));
            rows.add(finding(date, "lighting", text, 1, 300, 0.2 + day / 100.0, "ELEVATED", text));
            rows.add(finding(date, "lighting", "day", null, 1700, 0.05, null, text));
            rows.add(finding(date, "camera_type", "dome", 3, 900, 0.12, null, text));
            rows.add(finding(date, "camera_type,lighting", "dome," + text, 2, 200, 0.3, "SUSPECTED", text));
            rows.add(finding(date, "camera_type,lighting", "dome,day", null, 700, 0.06, null, text));
        }
        return rows;
    }

    private static String finding(
            String date,
            String dimensions,
            String values,
            @Nullable Integer rank,
            int alarms,
            double fdr,
            @Nullable String status,
            String text) {
        boolean whole = dimensions.isEmpty();
        int wrong = (int) Math.round(alarms * fdr / 2);
        int judged = alarms / 2;
        return String.format(
                Locale.ROOT,
                "{'pipeline':'p','run_date':'%s','run_id':'r1','use_case':'gate','segment':'%s','dimensions':%s,"
                        + "'dimension_values':%s,'rank':%s,'last_event_date':'2026-11-05','alarms':%d,'judged':%d,"
                        + "'false_positives':%d,'confirmed':%d,'relabeled':0,'missed':7,'negatives':0,'cameras':20,"
                        + "'camera_days':140,'coverage':0.5,'maturity':0.9,'fp_marks_per_1000_alarms':%s,'fdr':%s,'fdr_low':%s,"
                        + "'fdr_high':%s,'fdr_bound_low':%s,'fdr_bound_high':0.6,'excess_errors':12.5,'measure':'FDR','status':%s,"
                        + "'redundant':false,'trial_cameras':20,'unstable':false,'sentence':'%s'}",
                date,
                dimensions + "=" + values,
                whole ? "[]" : list(dimensions),
                whole ? "[]" : list(values),
                rank,
                alarms,
                judged,
                wrong,
                judged - wrong,
                1000.0 * wrong / alarms,
                fdr,
                fdr * 0.7,
                fdr * 1.4,
                fdr / 2,
                status == null ? "null" : "'" + status + "'",
                text);
    }

    private static String list(String values) {
        return "['" + String.join("','", values.split(",")) + "']";
    }

    private static List<String> exposure(String text) {
        List<String> rows = new ArrayList<>();
        for (int day = 1; day <= 7; day++) {
            for (String label : List.of(text, "person", "__NONE__")) {
                rows.add(String.format(
                        Locale.ROOT,
                        "{'pipeline':'p','event_date':'2026-11-0%d','cell_version':'%s','site_id':'s','camera_id':'c',"
                                + "'use_case':'gate','model_version':'m1','label':'%s','shown':%d,'confidence_histogram':"
                                + "[0,0,0,0,0,0,0,0,0,0,5,8,9,12,14,17,20,25,30,60]}",
                        day,
                        CellVersion.of(CONFIG),
                        label,
                        200 + 10 * day));
            }
        }
        return rows;
    }

    private static List<String> verdicts(String text) {
        List<String> rows = new ArrayList<>();
        for (int bin = 10; bin < 20; bin++) {
            rows.add(String.format(
                    Locale.ROOT,
                    "{'pipeline':'p','arrival_date':'2026-11-06','event_date':'2026-11-0%d','cell_version':'%s','site_id':'s',"
                            + "'camera_id':'c','use_case':'gate','model_version':'m1','label':'%s','confidence_bin':%d,"
                            + "'false_positives':%d,'confirmed':%d,'relabeled':1,'missed':0}",
                    1 + bin % 5,
                    CellVersion.of(CONFIG),
                    text,
                    bin,
                    25 - bin,
                    4 * bin));
        }
        return rows;
    }

    private static String imbalance(String label, int samples, boolean thin) {
        return "{" + HEAD + "'use_case':'gate','label':'" + label + "','known':true,'training_samples':" + samples
                + ",'effective_number':" + samples + ",'share_in_training':" + (thin ? 0.01 : 0.99) + ",'thin':" + thin
                + ",'alarms':100,'wrong':30,'confirmed':40,'missed':2,'errors':32,'trials':72,'cameras':9,'error_rate':0.44,"
                + "'error_rate_low':0.3,'error_rate_high':0.6,'share_of_errors':0.4,'share_in_field':0.2,'audited_images':100,"
                + "'need':" + (thin ? 17.6 : 0.2)
                + ",'need_basis':'FIELD','errors_high':true,'images_found':40,'action':'"
                + (thin ? "LABEL_MORE" : "OK") + "','synonyms_version':'1','sentence':'" + label + "'}";
    }

    private static String image(String text, String inference, double brightness, double sharpness) {
        return String.format(
                Locale.ROOT,
                "{%s'use_case':'gate','inference_id':'%s','image_uri':'s3://b/%s.jpg','captured_at':'2026-11-05T10:00:00Z',"
                        + "'event_date':'2026-11-05','site_id':'s','camera_id':'%s','model_version':'m1','predicted_label':'%s',"
                        + "'confidence':0.6,'verdict':'FALSE_POSITIVE','corrected_label':'%s','stratum':'x',"
                        + "'inclusion_probability':0.5,'duplicates':2,'status':'ANSWERED','brightness':%s,'contrast':0.2,"
                        + "'sharpness':%s,'failure_mode':'low_light','conditions':['night','rain'],'evidence':'%s',"
                        + "'input_tokens':1500,'output_tokens':200,'cost_dollars':0.01}",
                HEAD,
                inference,
                inference,
                text,
                text,
                text,
                brightness,
                sharpness,
                text);
    }

    private static String selection(String signal, int rank, String text) {
        return String.format(
                Locale.ROOT,
                "{%s'round_id':'2026-11-07.1','use_case':'gate','signal':'%s','rank':%d,'item_id':'%s%d','inference_id':'i',"
                        + "'image_uri':'s3://b/%s%d.jpg','captured_at':'2026-11-07T10:00:00Z','site_id':'%s','camera_id':'%s',"
                        + "'model_version':'m1','predicted_label':'%s','confidence':0.51,'segment':'lighting=%s','signals':['%s'],"
                        + "'design':'PURPOSIVE','reason':'%s'}",
                HEAD,
                signal,
                rank,
                signal,
                rank,
                signal,
                rank,
                text,
                text,
                text,
                text,
                signal,
                text);
    }

    private static String cut(String signal, int selected) {
        return "{'pipeline':'p','run_date':'2026-11-07','round_id':'2026-11-07.1','use_case':'gate','signal':'" + signal
                + "','quota':6,'eligible':50,'selected':" + selected
                + ",'held_by_burst':3,'held_by_camera':1,'held_by_site':0,'held_by_class':4,'held_by_ceiling':5,'unusable':2,"
                + "'lowest_score':0.4}";
    }

    private static String label(String item, String status) {
        return "{'pipeline':'p','use_case':'gate','item_id':'" + item
                + "','task':'CLASSIFICATION','method':'dawid-skene'," + "'status':'" + status
                + "','answers':3,'posteriors':[]}";
    }

    private static String progress(String day, int answered) {
        return String.format(
                Locale.ROOT,
                "{'pipeline':'p','run_date':'%s','round_id':'2026-11-04.1','use_case':'gate','job_name':'winnow-p-gate',"
                        + "'target':'ground-truth','status':'RUNNING','items':3,'answered':%d,'failed':0,'open':%d,"
                        + "'workers_per_item':3,'answers':%d,'workers':2,'seconds_per_answer':12.5,'items_per_day':1,"
                        + "'backlog_answers':%d,'backlog_minutes':%s}",
                day,
                answered,
                3 - answered,
                3 * answered,
                3 * (3 - answered),
                (3 - answered) * 0.625);
    }

    private static String quality(String label, String bucket, String design, int right) {
        return String.format(
                Locale.ROOT,
                "{'pipeline':'p','use_case':'gate','model_version':'m1','source':'BLIND_LABELS','design':'%s','label':'%s',"
                        + "'bucket':'%s','total':100,'confirmed':%d,'disconfirmed':%d,'split':0,'unreviewed':4,'cant_tell':0,"
                        + "'correct_share':%s,'correct_low':%s,'correct_high':%s}",
                design,
                label,
                bucket,
                right,
                100 - right,
                right / 100.0,
                right / 100.0 - 0.05,
                Math.min(1, right / 100.0 + 0.05));
    }

    private static String yields(String signal, int labeled, @Nullable Double share) {
        return String.format(
                Locale.ROOT,
                "{%s'use_case':'gate','signal':'%s','selected':40,'labeled':%d,'outstanding':%d,'found':%d,'cameras':9,"
                        + "'yield':%s,'yield_low':%s,'yield_high':%s,'audit_yield':0.05,'answers':90,'answers_per_found':4.5,"
                        + "'weight':0.3,'proposed_weight':%s,'sentence':'more'}",
                HEAD,
                signal,
                labeled,
                40 - labeled,
                share == null ? 0 : Math.round(labeled * share),
                share,
                share == null ? null : share / 2,
                share == null ? null : share * 1.5,
                share == null ? null : 0.35);
    }

    private static String attempt(String id, String day, String text) {
        return "{'pipeline':'p','attempt_id':'" + id + "','command':'segments','run_date':'" + day
                + "','started_at':'2026-11-07T04:00:00Z','seconds':61.5,'exit_code':4,'sentence':'" + text
                + "','retryable':true,'winnow_version':'0.1.0','spark_version':'3.5.8','effective_config':'{}','stages':["
                + "{'stage':'segments','run_date':'" + day
                + "','run_id':'r1','rows_in':1000,'rows_out':50,'rejected':5,"
                + "'passes':1,'seconds':60.5,'bytes_read':123456,'records_read':1000,'shuffle_bytes':0}],"
                + "'model_calls':12,'model_input_tokens':18000,'model_output_tokens':960,'model_dollars':0.0684}";
    }
}
