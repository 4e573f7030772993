package dev.winnow.config;

/** What the alarms of elevated segments are labeled for. */
public enum SegmentAllocation {
    /** To find errors: segments share by the square root of their excess errors, each gives its riskiest alarms. */
    ERRORS,
    /** To estimate rates: segments share by Neyman allocation, each gives alarms by hash. */
    RATES
}
