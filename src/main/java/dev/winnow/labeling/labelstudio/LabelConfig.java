package dev.winnow.labeling.labelstudio;

import dev.winnow.config.ConfigException;
import dev.winnow.config.TaskType;
import dev.winnow.labeling.LabelingJob;
import java.io.StringWriter;
import java.util.HashSet;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Labeling configurations: what people see and can answer, as XML (Label Studio documentation, tags). */
final class LabelConfig {
    /** Name of the tag that answers come from. */
    static final String ANSWER = "answer";

    /** Name of the tag that shows the item, and of the task's variable with its reference or text. */
    static final String IMAGE = "image";

    /** The same of a text. */
    static final String TEXT = "text";

    /** As in Ground Truth, so that a job can change its target. */
    private static final int MAX_LABEL = 256;

    private LabelConfig() {}

    /** Returns the name of the tag that shows the item. */
    static String shown(TaskType type) {
        return type == TaskType.TEXT_CLASSIFICATION ? TEXT : IMAGE;
    }

    /** Returns the configuration of a job. */
    static String of(LabelingJob job) {
        check(job);
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartElement("View");
            shown(xml, job.type());
            answers(xml, job);
            xml.writeEndElement();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("Writing XML to memory does not fail", e);
        }
        return text.toString();
    }

    private static void shown(XMLStreamWriter xml, TaskType type) throws XMLStreamException {
        boolean isText = type == TaskType.TEXT_CLASSIFICATION;
        xml.writeEmptyElement(isText ? "Text" : "Image");
        xml.writeAttribute("name", shown(type));
        xml.writeAttribute("value", "$" + shown(type));
        if (!isText) {
            xml.writeAttribute("zoom", "true");
        }
    }

    private static void answers(XMLStreamWriter xml, LabelingJob job) throws XMLStreamException {
        boolean boxes = job.type().blind() == TaskType.BOUNDING_BOX;
        xml.writeStartElement(boxes ? "RectangleLabels" : "Choices");
        xml.writeAttribute("name", ANSWER);
        xml.writeAttribute("toName", shown(job.type()));
        if (!boxes) {
            xml.writeAttribute("choice", job.type() == TaskType.MULTI_LABEL ? "multiple" : "single");
            xml.writeAttribute("required", "true");
        }
        for (String label : job.labels()) {
            xml.writeEmptyElement(boxes ? "Label" : "Choice");
            xml.writeAttribute("value", label);
        }
        xml.writeEndElement();
    }

    private static void check(LabelingJob job) {
        int least = job.type().choosesClasses() ? 2 : 1;
        if (job.labels().size() < least) {
            throw new ConfigException(job.labelsKey() + ": " + job.labels().size() + " categories, "
                    + job.type().id() + " takes " + least
                    + " or more; without the key, the classes predicted in the round are offered");
        }
        for (String label : job.labels()) {
            if (!offers(label)) {
                throw new ConfigException(job.labelsKey() + ": a category of " + label.length()
                        + " characters can't be offered in Label Studio, which takes 1 to " + MAX_LABEL
                        + " printable characters, without blanks around them and no $ at the beginning; name the"
                        + " categories there");
            }
        }
        if (new HashSet<>(job.labels()).size() < job.labels().size()) {
            throw new ConfigException(job.labelsKey() + ": a category is named twice");
        }
    }

    /** Returns whether a class of this name can be a category: shown and answered, it is the same text. */
    static boolean offers(String label) {
        return !label.isBlank()
                && label.length() <= MAX_LABEL
                && label.equals(label.strip())
                && !label.startsWith("$")
                && label.codePoints().allMatch(LabelConfig::inXml);
    }

    /** Whether XML 1.0 has the character, and an attribute's value keeps it as it is. */
    private static boolean inXml(int c) {
        return (c >= ' ' && c < 0x7f)
                || (c > 0x9f && c < Character.MIN_SURROGATE)
                || (c > Character.MAX_SURROGATE && c < 0xfffe)
                || c > 0xffff;
    }
}
