package dev.winnow.generate;

import dev.winnow.generate.UseCase.ObjectClass;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;

/** Simple figures of what cameras see. Each stands with its feet at the origin and is one unit high. */
final class Glyphs {
    private static final Color SKIN = new Color(224, 172, 140);
    private static final Color HAIR = new Color(60, 40, 30);
    private static final Color HELMET = new Color(255, 215, 0);
    private static final Color VEST = new Color(255, 120, 20);
    private static final Color TROUSERS = new Color(40, 45, 70);
    private static final Color FUR = new Color(150, 105, 60);
    private static final Color LEAVES = new Color(45, 95, 40);
    private static final Color[] PAINTS = {
        new Color(190, 40, 40), new Color(40, 80, 180), new Color(225, 225, 225), new Color(90, 95, 100)
    };

    private Glyphs() {}

    /** Draws an object that is truly there; {@code variant} in [0, 1) tells individuals apart. */
    static void object(Graphics2D g, ObjectClass label, double variant) {
        Color paint = PAINTS[(int) (variant * PAINTS.length)];
        switch (label.name()) {
            case "vehicle" -> vehicle(g, paint);
            case "animal" -> animal(g);
            case "fire" -> fire(g);
            case "no_helmet" -> person(g, VEST, false);
            case "no_vest" -> person(g, paint, true);
            default -> person(g, paint, false);
        }
    }

    /** Draws what is easily mistaken for an object. */
    static void lookAlike(Graphics2D g, ObjectClass label) {
        switch (label.name()) {
            case "vehicle" -> container(g);
            case "fire" -> lamp(g);
            case "no_helmet", "no_vest" -> person(g, VEST, true);
            case "animal" -> bush(g, 0.9, 0.75);
            default -> bush(g, 0.5, 1);
        }
    }

    private static void person(Graphics2D g, Color clothes, boolean helmet) {
        g.setColor(TROUSERS);
        g.setStroke(new BasicStroke(0.1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        line(g, -0.04, 0.45, -0.13, 0.04);
        line(g, 0.04, 0.45, 0.13, 0.04);
        g.setColor(clothes);
        line(g, -0.12, 0.74, -0.24, 0.45);
        line(g, 0.12, 0.74, 0.24, 0.45);
        g.fill(new RoundRectangle2D.Double(-0.15, 0.42, 0.3, 0.38, 0.12, 0.12));
        if (clothes.equals(VEST)) {
            g.setColor(Color.YELLOW);
            g.fill(new Rectangle2D.Double(-0.15, 0.52, 0.3, 0.06));
        }
        g.setColor(SKIN);
        g.fill(new Ellipse2D.Double(-0.09, 0.79, 0.18, 0.2));
        g.setColor(helmet ? HELMET : HAIR);
        double brim = helmet ? 0.13 : 0.09;
        g.fill(new Arc2D.Double(-brim, 0.82, 2 * brim, 0.2, 180, 180, Arc2D.CHORD));
    }

    private static void vehicle(Graphics2D g, Color paint) {
        g.setColor(paint);
        g.fill(new RoundRectangle2D.Double(-1.2, 0.18, 2.4, 0.42, 0.2, 0.2));
        g.fill(polygon(-0.75, 0.55, -0.5, 1, 0.45, 1, 0.8, 0.55));
        g.setColor(new Color(170, 205, 225));
        g.fill(polygon(-0.62, 0.6, -0.43, 0.92, -0.05, 0.92, -0.05, 0.6));
        g.fill(polygon(0.05, 0.6, 0.05, 0.92, 0.4, 0.92, 0.64, 0.6));
        g.setColor(new Color(25, 25, 25));
        g.fill(new Ellipse2D.Double(-0.9, 0, 0.44, 0.44));
        g.fill(new Ellipse2D.Double(0.48, 0, 0.44, 0.44));
        g.setColor(new Color(255, 245, 190));
        g.fill(new Ellipse2D.Double(1.06, 0.36, 0.14, 0.14));
    }

    private static void animal(Graphics2D g) {
        g.setColor(FUR);
        g.setStroke(new BasicStroke(0.13f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        for (double leg : new double[] {-0.5, -0.34, 0.3, 0.46}) {
            line(g, leg, 0.45, leg, 0.07);
        }
        g.fill(new Ellipse2D.Double(-0.66, 0.35, 1.3, 0.42));
        g.fill(new Ellipse2D.Double(0.45, 0.6, 0.42, 0.34));
        g.fill(polygon(0.5, 0.85, 0.52, 1.05, 0.66, 0.9));
        g.fill(new Ellipse2D.Double(0.74, 0.62, 0.26, 0.17));
        line(g, -0.6, 0.6, -0.86, 0.9);
    }

    private static void fire(Graphics2D g) {
        g.setColor(new Color(230, 60, 10));
        g.fill(polygon(-0.4, 0, -0.45, 0.4, -0.25, 0.75, -0.18, 0.5, 0, 1, 0.15, 0.55, 0.28, 0.8, 0.45, 0.35, 0.38, 0));
        g.setColor(new Color(255, 200, 40));
        g.fill(polygon(-0.22, 0, -0.22, 0.3, -0.05, 0.6, 0.08, 0.35, 0.2, 0.45, 0.22, 0));
    }

    private static void bush(Graphics2D g, double width, double height) {
        g.setColor(LEAVES);
        g.fill(new Ellipse2D.Double(-width / 2, 0, width, height * 0.6));
        g.fill(new Ellipse2D.Double(-width * 0.4, height * 0.3, width * 0.6, height * 0.55));
        g.fill(new Ellipse2D.Double(-width * 0.1, height * 0.45, width * 0.45, height * 0.55));
        g.setColor(LEAVES.brighter());
        g.fill(new Ellipse2D.Double(-width * 0.2, height * 0.5, width * 0.25, height * 0.25));
    }

    private static void container(Graphics2D g) {
        g.setColor(new Color(70, 110, 100));
        g.fill(new Rectangle2D.Double(-1.2, 0, 2.4, 0.95));
        g.setColor(new Color(50, 80, 75));
        for (int i = 0; i < 8; i++) {
            g.fill(new Rectangle2D.Double(-1.1 + 0.29 * i, 0.08, 0.1, 0.8));
        }
    }

    private static void lamp(Graphics2D g) {
        g.setColor(new Color(60, 60, 60));
        g.fill(new Rectangle2D.Double(-0.04, 0, 0.08, 0.8));
        g.setColor(new Color(255, 170, 60, 110));
        g.fill(new Ellipse2D.Double(-0.35, 0.5, 0.7, 0.7));
        g.setColor(new Color(255, 225, 150));
        g.fill(new Ellipse2D.Double(-0.13, 0.72, 0.26, 0.26));
    }

    private static void line(Graphics2D g, double x1, double y1, double x2, double y2) {
        g.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    private static Path2D polygon(double... xy) {
        Path2D path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        path.closePath();
        return path;
    }
}
