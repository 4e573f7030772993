package dev.winnow.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * S3Proxy over memory, until standard input ends. Prints its port; arguments: access key, secret key, a file for what it was
 * asked for.
 *
 * <p>S3Proxy looks before it puts when asked for {@code If-Match}, so two writers may both win; here the store looks
 * again under a lock, as S3 does. And it lists the files it is about to move into place; here no list sees them.
 */
public final class S3ServerMain {
    private S3ServerMain() {}

    public static void main(String[] args) throws Exception {
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new Recording(
                        new Conditional(BlobStores.create("transient", new Properties())), Path.of(args[2])))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, args[0], args[1])
                .ignoreUnknownHeaders(true)
                .build();
        proxy.start();
        System.out.println(proxy.getPort());
        System.out.flush();
        while (System.in.read() >= 0) {
            // the parent says nothing; its end, however it comes, ends the input
        }
        System.exit(0);
    }

    /** Notes each action, in the words of IAM, with the bucket and the object or prefix it is about, once. */
    private static final class Recording extends ForwardingBlobStore {
        private final Path file;
        private final Set<String> known = ConcurrentHashMap.newKeySet();

        Recording(BlobStore delegate, Path file) {
            super(delegate);
            this.file = file;
        }

        private synchronized void note(String action, String bucket, String key) {
            String line = "s3:" + action + " " + bucket + " " + (key == null ? "" : key);
            if (known.add(line)) {
                try {
                    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public ListObjectsV2Response list(ListObjectsV2Request request) {
            note("ListBucket", request.bucket(), request.prefix());
            return super.list(request);
        }

        @Override
        public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
            note("GetObject", request.bucket(), request.key());
            return super.blobMetadata(request);
        }

        @Override
        public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
            note("GetObject", request.bucket(), request.key());
            return super.getBlob(request);
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            note("PutObject", request.bucket(), request.key());
            return super.putBlob(request, body);
        }

        @Override
        public CopyObjectResponse copyBlob(CopyObjectRequest request) {
            note("GetObject", request.sourceBucket(), request.sourceKey());
            note("PutObject", request.destinationBucket(), request.destinationKey());
            return super.copyBlob(request);
        }

        @Override
        public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
            note("PutObject", request.bucket(), request.key());
            return super.initiateMultipartUpload(request);
        }

        @Override
        public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
            note("DeleteObject", request.bucket(), request.key());
            return super.removeBlob(request);
        }
    }

    private static final class Conditional extends ForwardingBlobStore {
        private final ReadWriteLock lock = new ReentrantReadWriteLock();

        Conditional(BlobStore delegate) {
            super(delegate);
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            byte[] bytes = bytes(body); // not under the lock: a writer may be slow or dead
            return locked(lock.writeLock(), () -> {
                String wanted = request.ifMatch();
                if (wanted != null) {
                    HeadObjectResponse there = blobMetadataIfPresent(request.bucket(), request.key());
                    if (there == null || !unquoted(wanted).equals(unquoted(there.eTag()))) {
                        throw S3Exceptions.preconditionFailed(null);
                    }
                }
                return super.putBlob(request, new ByteArrayInputStream(bytes));
            });
        }

        @Override
        public CopyObjectResponse copyBlob(CopyObjectRequest request) {
            return locked(lock.writeLock(), () -> super.copyBlob(request));
        }

        @Override
        public CompleteMultipartUploadResponse completeMultipartUpload(
                MultipartUpload upload, CompleteMultipartUploadRequest request) {
            return locked(lock.writeLock(), () -> super.completeMultipartUpload(upload, request));
        }

        @Override
        public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
            return locked(lock.writeLock(), () -> super.removeBlob(request));
        }

        @Override
        public ListObjectsV2Response list(ListObjectsV2Request request) {
            return locked(lock.readLock(), () -> super.list(request));
        }

        private static <T> T locked(Lock lock, Supplier<T> work) {
            lock.lock();
            try {
                return work.get();
            } finally {
                lock.unlock();
            }
        }

        private static byte[] bytes(InputStream body) {
            try {
                return body.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String unquoted(String etag) {
            return etag.replace("\"", "");
        }
    }
}
